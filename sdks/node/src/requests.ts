import type { JobHandler, Preview } from "./handler.js";
import type { Settings } from "./options.js";
import { type WorkRunner, describe } from "./runner.js";
import type { Session } from "./session.js";
import { type Closed, isPermanent } from "./statuses.js";
import type { AdminToWorkerMessage, PreviewRequest, WorkerToAdminMessage } from "./wire.js";

/** What the admin asks for, and who answers. */
export class Requests {
  constructor(
    private readonly session: Session,
    private readonly runner: WorkRunner,
    private readonly handlers: ReadonlyMap<string, JobHandler>,
    private readonly settings: Settings,
    private readonly close: (closed: Closed) => void,
  ) {}

  take(message: AdminToWorkerMessage): void {
    const { session, runner } = this;
    const requestId = message.request_id;
    switch (message.body) {
      case "hello":
        // A late or second one grants nothing any more, but it may still refuse.
        if (!message.hello!.accepted) this.close({ reason: "Rejected", text: message.hello!.message, permanent: isPermanent(message.hello!.message) });
        else this.settings.logger.warn("a second hello of the admin is not looked at");
        break;
      case "request_config_schema":
        this.#describe(requestId, message.request_config_schema!.job_type);
        break;
      case "run_detection_request":
        message.run_detection_request!.request_id ||= requestId;
        runner.detect(message.run_detection_request!, session);
        break;
      case "execute_job_request":
        message.execute_job_request!.request_id ||= requestId;
        runner.execute(message.execute_job_request!, session);
        break;
      case "cancel_request":
        runner.cancel(message.cancel_request!.target_id, message.cancel_request!.force, requestId, session);
        break;
      case "shutdown": {
        const { reason, grace_period_seconds: grace } = message.shutdown!;
        session.acknowledge(requestId, true, "shutdown acknowledged");
        this.close({ reason: reason === "replaced" ? "Replaced" : "AdminShutdown", text: reason, ...(grace > 0 ? { grace: grace * 1000 } : {}) });
        break;
      }
      case "job_completed_ack":
        runner.completions.confirm(message.job_completed_ack!.request_id);
        break;
      case "ping":
        // Handlers are started by this very loop: one that is stuck answers nothing.
        session.send({ pong: { nonce: message.ping!.nonce } });
        break;
      case "drain":
        runner.drained = message.drain!.enabled;
        session.workChanged();
        break;
      case "request_object_preview":
        void this.#preview(requestId, message.request_object_preview!);
        break;
      default:
        session.acknowledge(requestId, false, "unsupported request body");
    }
  }

  #describe(requestId: string, asked: string): void {
    const handler = asked === "" && this.handlers.size === 1 ? [...this.handlers.values()][0] : this.handlers.get(asked.toLowerCase());
    const known = [...this.handlers.values()].map(({ descriptor }) => descriptor.job_type).join(", ");
    this.session.send({
      config_schema_response: {
        request_id: requestId,
        job_type: handler?.descriptor.job_type ?? asked,
        success: handler !== undefined,
        error_message: handler ? "" : asked === "" ? "job_type is required" : `job type ${asked} is not known here; known are: ${known}`,
        ...(handler ? { job_type_descriptor: handler.descriptor } : {}),
      },
    });
  }

  async #preview(requestId: string, request: PreviewRequest): Promise<void> {
    const { previews } = this.runner;
    if (!previews.isOffered) this.session.acknowledge(requestId, false, "unsupported request body");
    const found = await previews.answer(request);
    this.session.send(typeof found === "string" ? refusal(requestId, found) : shown(requestId, found, request.row_limit));
  }
}

/** A preview as handlers hand it over. One that cannot be sent is told of: what fails here would end the process, and what fails on its way the session. */
function shown(requestId: string, { columns, rows, totalRows }: Preview, limit: number): WorkerToAdminMessage {
  try {
    const cells = [columns, ...rows];
    if (!cells.every(row => Array.isArray(row) && row.every(cell => typeof cell === "string"))) throw new TypeError("columns and rows are arrays of texts");
    const some = (limit > 0 ? rows.slice(0, limit) : rows).map(values => ({ values: [...values] }));
    const total = totalRows ?? rows.length;
    if (!Number.isSafeInteger(total)) throw new TypeError(`totalRows is a whole number, not ${total}`);
    return { object_preview_response: { request_id: requestId, success: true, error_message: "", columns: [...columns], rows: some, total_rows: total } };
  } catch (error) {
    return refusal(requestId, `the preview of the handler cannot be sent: ${describe(error)}`);
  }
}

function refusal(requestId: string, why: string): WorkerToAdminMessage {
  return { object_preview_response: { request_id: requestId, success: false, error_message: why } };
}

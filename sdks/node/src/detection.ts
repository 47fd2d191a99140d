import type { Attempt } from "./attempt.js";
import type { ConfigReader } from "./config.js";
import { DetectionContext, type JobHandler, type Proposal } from "./handler.js";
import { toWireMap } from "./values.js";
import { Proposals, type RunDetectionRequest, type WireProposal, type WorkerToAdminMessage, toTime } from "./wire.js";

const batchCount = 500;
const batchSize = 1024 * 1024;

/** One detection: takes proposals from the handler as fast as the admin takes the batches. */
export class DetectionRun {
  /** Proposals sent. */
  sent = 0;

  #batch: WireProposal[] = [];
  #size = 0;

  /** @param send Settles when the message has left, or the detection is cancelled. */
  constructor(
    private readonly request: RunDetectionRequest,
    private readonly attempt: Attempt,
    private readonly send: (message: WorkerToAdminMessage) => Promise<void>,
  ) {}

  /** @param idAsKey A foreign admin gives its jobs new ids: without a key it finds no job that is already running. */
  async collect(handler: JobHandler, config: ConfigReader, workerId: string, idAsKey: boolean): Promise<void> {
    const { signal } = this.attempt.cancel;
    const most = this.request.max_results;
    const context = new DetectionContext(this.request, config, workerId, signal, this.attempt.stopping.signal, this.attempt);
    let full = false;
    for await (const proposal of handler.detect!(context)) {
      signal.throwIfAborted();
      const wire = toWireProposal(proposal, this.request.job_type);
      if (idAsKey) wire.dedupe_key ||= wire.proposal_id;
      await this.#add(wire);
      full = most > 0 && this.sent + this.#batch.length >= most;
      if (full) break;
    }
    // There may be more than was asked for.
    await this.#flush(full);
  }

  async #add(proposal: WireProposal): Promise<void> {
    const size = Proposals.serialize(proposal).length;
    if (size > batchSize) {
      this.attempt.activity(`the proposal ${proposal.proposal_id} has ${size} bytes; 1 MiB is the most`);
      return;
    }
    if (this.#batch.length === batchCount || this.#size + size > batchSize) await this.#flush(true);
    this.#batch.push(proposal);
    this.#size += size;
  }

  async #flush(hasMore: boolean): Promise<void> {
    const { signal } = this.attempt.cancel;
    signal.throwIfAborted();
    const proposals = this.#batch;
    this.#batch = [];
    this.#size = 0;
    await this.send({ detection_proposals: { request_id: this.request.request_id, job_type: this.request.job_type, proposals, has_more: hasMore } });
    signal.throwIfAborted();
    this.sent += proposals.length;
  }
}

function toWireProposal(proposal: Proposal, jobType: string): WireProposal {
  if (!proposal?.id) throw new TypeError("a proposal needs an id");
  return {
    proposal_id: proposal.id,
    dedupe_key: proposal.dedupeKey ?? "",
    job_type: jobType,
    priority: proposal.priority ? `JOB_PRIORITY_${proposal.priority.toUpperCase()}` : "JOB_PRIORITY_NORMAL",
    summary: proposal.summary ?? "",
    detail: proposal.detail ?? "",
    parameters: toWireMap(proposal.parameters ?? {}),
    labels: { ...proposal.labels },
    ...(proposal.notBefore ? { not_before: toTime(proposal.notBefore.getTime()) } : {}),
    ...(proposal.expiresAt ? { expires_at: toTime(proposal.expiresAt.getTime()) } : {}),
  };
}

import type { Attempt } from "./attempt.js";
import { type Clock, unlessAborted, within } from "./clock.js";
import type { ConfigReader } from "./config.js";
import { DetectionContext, type JobHandler, type Proposal } from "./handler.js";
import { toWireMap } from "./values.js";
import { Proposals, type RunDetectionRequest, type WireProposal, type WorkerToAdminMessage, toTime } from "./wire.js";

const batchCount = 500;
const batchSize = 1024 * 1024;
/** How long a detector is held up by an admin that takes nothing. */
const patience = 5000;
/** Batches that were not taken in that time; one more of them fails the detection. */
const mostWaiting = 16;

/** One detection: takes proposals from the handler as fast as the admin takes the batches, or not much faster. */
export class DetectionRun {
  /** Proposals sent. */
  sent = 0;

  #batch: WireProposal[] = [];
  #size = 0;
  #taken = 0;
  readonly #leaving = new Set<Promise<void>>();

  /** @param send Settles when the message has left, or the detection is cancelled. */
  constructor(
    private readonly request: RunDetectionRequest,
    private readonly attempt: Attempt,
    private readonly send: (message: WorkerToAdminMessage) => Promise<void>,
    private readonly clock: Clock,
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
      full = most > 0 && this.#taken >= most;
      if (full) break;
    }
    await unlessAborted(Promise.all(this.#leaving), signal);
    // There may be more than was asked for.
    await unlessAborted(this.#flush(full), signal);
  }

  async #add(proposal: WireProposal): Promise<void> {
    const size = Proposals.serialize(proposal).length;
    if (size > batchSize) {
      this.attempt.activity(`the proposal ${proposal.proposal_id} has ${size} bytes; 1 MiB is the most`);
      return;
    }
    if (this.#batch.length === batchCount || this.#size + size > batchSize) await this.#flushInTime();
    this.#batch.push(proposal);
    this.#size += size;
    this.#taken++;
  }

  /** What the admin does not take in time leaves later: nobody is held up for longer. */
  async #flushInTime(): Promise<void> {
    const { signal } = this.attempt.cancel;
    const leaving = this.#flush(true).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    const inTime = await unlessAborted(within(this.clock, patience, leaving), signal);
    if (!inTime && this.#leaving.size > mostWaiting) throw new Error(`the admin takes no proposals: ${mostWaiting} batches of them wait`);
  }

  async #flush(hasMore: boolean): Promise<void> {
    const proposals = this.#batch;
    this.#batch = [];
    this.#size = 0;
    await this.send({ detection_proposals: { request_id: this.request.request_id, job_type: this.request.job_type, proposals, has_more: hasMore } });
    if (!this.attempt.cancel.signal.aborted) this.sent += proposals.length;
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

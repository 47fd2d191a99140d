import { AsyncLocalStorage } from "node:async_hooks";
import { Attempt, cut } from "./attempt.js";
import { Deferred, orAborted, unlessAborted, within } from "./clock.js";
import { CompletionBox } from "./completions.js";
import { ConfigReader, savedLayers } from "./config.js";
import { DetectionRun } from "./detection.js";
import type { WorkerFigures } from "./figures.js";
import { JobContext, JobOutcome, type JobHandler, asCanceled } from "./handler.js";
import { HealthBoard } from "./health.js";
import type { Settings } from "./options.js";
import { Previews } from "./previews.js";
import { completion, detectionEnd } from "./results.js";
import { Slots } from "./slots.js";
import { spanned } from "./spans.js";
import type { ExecuteJobRequest, RunDetectionRequest, WorkerToAdminMessage } from "./wire.js";

const atCapacity = "executor is at capacity";

/** Detections beyond the slots. An admin has one of each job type at a time: more of them are a fault, which must not fill the memory. */
const mostWaiting = 1000;

/** The live stream as the runner sees it. */
export interface Link {
  /** The admin agreed to extensions, so it is one of ours. */
  readonly isOurs: boolean;
  /** Nothing that is sent now arrives. */
  readonly isOver: boolean;
  /** Agreed to by both sides. */
  has(extension: string): boolean;
  acknowledge(requestId: string, accepted: boolean, message: string): void;
  /**
   * Queues a message; what the attempt still has to say goes before it.
   * @param told Called once: true when the message has left, false when the stream ended before.
   */
  send(message: WorkerToAdminMessage, after?: Attempt, told?: (written: boolean) => void): void;
  /** An attempt has something to report. */
  wake(): void;
  /** Work began or ended, or a slot changed hands. */
  workChanged(): void;
}

/** Where code runs: inside a handler, or inside onClose of a round. */
export interface Place {
  readonly worker: object;
  readonly round?: object;
}
export const place = new AsyncLocalStorage<Place | undefined>();

/** Runs handlers within the slots. It outlives sessions: with the extension resume, work goes on while the stream is gone. */
export class WorkRunner {
  readonly completions: CompletionBox;
  readonly previews: Previews;
  readonly health: HealthBoard;
  /** The admin asked for no new work. */
  drained = false;
  /** The session is about to end. */
  ending = false;
  executing = 0;

  readonly #running = new Map<string, Attempt>();
  readonly #detections: Slots;
  #link: Link | undefined;
  #keepsResults = false;
  #next = new Deferred();

  constructor(
    private readonly worker: object,
    private readonly handlers: ReadonlyMap<string, JobHandler>,
    private readonly settings: Settings,
    private readonly workerId: string,
    private readonly figures: WorkerFigures,
  ) {
    this.completions = new CompletionBox(settings.clock);
    this.previews = new Previews(handlers.values(), settings.clock);
    this.health = new HealthBoard([...handlers.values()], settings, () => this.#link?.workChanged());
    this.#detections = new Slots(settings.detectionSlots);
  }

  get detecting(): number {
    return this.#detections.used;
  }

  /** New work is given back. */
  get draining(): boolean {
    return this.drained || this.ending;
  }

  get running(): Attempt[] {
    return [...this.#running.values()];
  }

  attach(link: Link): void {
    this.#keepsResults = link.has("ack");
    this.#link = link;
    this.#next.resolve();
    this.#next = new Deferred();
  }

  detach(): void {
    this.#link = undefined;
  }

  /** No new work; handlers that run now are told that the worker is about to stop. */
  announceStop(): void {
    this.ending = true;
    for (const attempt of this.#running.values()) attempt.stopping.abort();
  }

  /** @param keep Attempts that go on. */
  cancelAll(keep: (attempt: Attempt) => boolean = () => false): void {
    for (const attempt of this.#running.values()) {
      if (!keep(attempt)) attempt.cancel.abort(abortError("context canceled"));
    }
  }

  /**
   * The leases of all work are lost: what comes of it is told late.
   * @param keep Work that may run twice goes on, when the options say so.
   * @param but What this session brought stays as it is.
   */
  loseAll(keep: boolean, but?: Link): void {
    for (const attempt of this.#running.values()) if (attempt.origin !== but) attempt.late = true;
    this.cancelAll(attempt => attempt.origin === but || (keep && this.settings.keepWork && this.#handler(attempt.jobType)?.idempotent === true));
  }

  /** Settles when nothing runs that runs now. */
  async idle(): Promise<void> {
    await Promise.all(this.running.map(attempt => attempt.ended.promise));
  }

  execute(request: ExecuteJobRequest, link: Link): void {
    const handler = this.#handler(request.job?.job_type);
    if (!request.job || !handler?.execute) {
      link.acknowledge(request.request_id, true, "execute request accepted");
      const why = request.job ? `job type ${request.job.job_type} is not handled by this worker` : "execute job is nil";
      link.send(completion(request, JobOutcome.failed(why, { permanent: true }), this.settings.clock.now()));
      return;
    }

    // Sent again because the answer was lost: it is under way.
    if (this.#running.has(request.request_id)) return link.acknowledge(request.request_id, true, "execute request accepted");

    const jobId = request.job.job_id;
    const twins = this.running.filter(running => !running.isDetection && running.workId === jobId);
    if (this.draining || (twins.length === 0 && this.executing >= this.settings.executionSlots)) {
      if (link.isOurs) link.acknowledge(request.request_id, false, atCapacity);
      else link.send(completion(request, JobOutcome.failed(atCapacity), this.settings.clock.now()));
      return;
    }

    this.executing++;
    const attempt = this.#attempt(request.request_id, jobId, handler.descriptor.job_type, false, link.has("log"), link);
    link.acknowledge(request.request_id, true, "execute request accepted");
    link.workChanged();
    this.#own(place.run({ worker: this.worker }, () => this.#runJob(handler, request, attempt, twins, link.isOurs)));
  }

  detect(request: RunDetectionRequest, link: Link): void {
    link.acknowledge(request.request_id, true, "detection request accepted");
    const handler = this.#handler(request.job_type);
    if (!handler?.detect || this.draining) {
      link.send(detectionEnd(request, 0, handler?.detect ? "the worker takes no new work" : `job type ${request.job_type} is not handled by this worker`));
      return;
    }
    if (this.#running.has(request.request_id)) return;
    if (this.running.filter(attempt => attempt.isDetection).length >= this.settings.detectionSlots + mostWaiting) {
      link.send(detectionEnd(request, 0, "too many detections wait"));
      return;
    }
    const attempt = this.#attempt(request.request_id, request.request_id, handler.descriptor.job_type, true, false, link);
    link.workChanged();
    this.#own(place.run({ worker: this.worker }, () => this.#runDetection(handler, request, attempt)));
  }

  cancel(target: string, force: boolean, requestId: string, link: Link): void {
    if (target === "") return link.acknowledge(requestId, false, "cancel target is required");
    const attempts = this.#running.has(target)
      ? [this.#running.get(target)!]
      : this.running.filter(running => !running.isDetection && running.workId === target);
    if (attempts.length === 0) return link.acknowledge(requestId, false, "cancel target not found");
    link.acknowledge(requestId, true, "cancel request accepted");
    for (const attempt of attempts) {
      attempt.forced ||= force;
      attempt.cancel.abort(abortError("context canceled"));
    }
  }

  #handler(jobType: string | undefined): JobHandler | undefined {
    return this.handlers.get((jobType ?? "").toLowerCase());
  }

  #attempt(requestId: string, workId: string, jobType: string, isDetection: boolean, keepsOutput: boolean, link: Link): Attempt {
    const attempt = new Attempt(requestId, workId, jobType, isDetection, keepsOutput, this.settings.clock, () => this.#link?.wake(), link);
    this.#running.set(requestId, attempt);
    return attempt;
  }

  /** Handlers are observed: their faults become outcomes inside, so that only the runner's own end up here. */
  #own(work: Promise<void>): void {
    work.catch(error => this.settings.logger.error(`running a handler failed: ${(error as Error).stack}`));
  }

  #saved(handler: JobHandler, request: ExecuteJobRequest | RunDetectionRequest, attempt: Attempt): ConfigReader {
    return new ConfigReader(savedLayers(handler.descriptor, request), text => attempt.activity(text));
  }

  async #runJob(handler: JobHandler, request: ExecuteJobRequest, attempt: Attempt, twins: Attempt[], isOurs: boolean): Promise<void> {
    // Not on the reader's turn: what follows is a handler's code.
    await Promise.resolve();

    // A foreign admin retries without waiting; two attempts of one job never overlap here.
    for (const twin of twins) twin.cancel.abort(abortError("a newer attempt of the job has come"));
    const signal = attempt.cancel.signal;
    if (twins.length > 0) await orAborted(Promise.all(twins.map(twin => twin.ended.promise)), signal);

    // A foreign admin sends what is stored, not what the attempt gets: its cancel alone says when the time is over.
    const seconds = isOurs ? (request.admin_runtime?.execution_timeout_seconds ?? 0) : 0;
    const running = signal.aborted ? Promise.resolve(JobOutcome.canceled()) : this.#outcome(handler, request, attempt, seconds);
    running.then(({ success }) => this.figures.attemptEnded(attempt.jobType, success ? "succeeded" : signal.aborted ? "canceled" : "failed"));
    const outcome = seconds > 0 ? await this.#inTime(running, seconds * 1000, attempt) : await running;
    let ended = false;
    running.then(() => (ended = true));
    await Promise.resolve();
    if (ended) {
      // The slot first: the admin may send the next job as soon as it has read the result.
      this.executing--;
      await this.#heard(attempt);
      this.#deliver(request, outcome, attempt);
    } else {
      // It ignores the cancel: the admin hears of the timeout now, the slot is free when the handler is done.
      this.#deliver(request, outcome, attempt);
      await running;
      this.executing--;
    }
    this.#end(attempt);
  }

  /**
   * Output is taken of attempts only that a hello claims. One that ends while the stream is away waits for the next session, to be
   * claimed and heard, as long as its work could have gone on; its slot is free meanwhile.
   */
  async #heard(attempt: Attempt): Promise<void> {
    const { signal } = attempt.cancel;
    if (this.#keepsResults && attempt.hasOutput && (!this.#link || this.#link.isOver)) await orAborted(this.#next.promise, signal);
  }

  async #inTime(running: Promise<JobOutcome>, timeout: number, attempt: Attempt): Promise<JobOutcome> {
    const { clock, cancelGrace } = this.settings;
    if (await within(clock, timeout, running)) return running;
    attempt.cancel.abort(abortError("timeout"));
    if (!(await within(clock, cancelGrace, running))) return JobOutcome.failed("timeout");
    const outcome = await running;
    return outcome.success ? outcome : JobOutcome.failed("timeout", { outputs: outcome.outputs });
  }

  async #outcome(handler: JobHandler, request: ExecuteJobRequest, attempt: Attempt, seconds: number): Promise<JobOutcome> {
    const signal = attempt.cancel.signal;
    const deadline = seconds > 0 ? new Date(this.settings.clock.now() + seconds * 1000) : undefined;
    try {
      const context = new JobContext(request, this.#saved(handler, request, attempt), this.workerId, signal, attempt.stopping.signal, deadline, attempt);
      const finding = handler.validate && (await this.#findingOf(handler, context));
      if (finding) return JobOutcome.failed(finding, { permanent: true });
      const attributes = { "job.id": attempt.workId, "job.attempt": request.attempt, "request.id": attempt.requestId };
      const outcome = await spanned("execute", attempt.jobType, attributes, async () => handler.execute!(context));
      if (!(outcome instanceof JobOutcome)) return JobOutcome.failed("the handler returned no outcome", { permanent: true });
      completion(request, outcome, 0); // Outputs that cannot be sent are the handler's fault, and are told here.
      return outcome.success || !signal.aborted ? outcome : JobOutcome.failed(asCanceled(outcome.text), { outputs: outcome.outputs });
    } catch (error) {
      if (signal.aborted && (error === signal.reason || (error as Error | undefined)?.name === "AbortError")) return JobOutcome.canceled();
      this.settings.logger.warn(`the handler of ${attempt} failed: ${describe(error)}`);
      return JobOutcome.failed(signal.aborted ? asCanceled(describe(error)) : describe(error));
    }
  }

  async #findingOf(handler: JobHandler, context: JobContext): Promise<string | undefined> {
    const { clock, requestTimeout } = this.settings;
    const finding = (async () => handler.validate!(context))();
    if (!(await within(clock, requestTimeout, finding))) throw new Error(`validate takes longer than ${requestTimeout / 1000} s`);
    return finding;
  }

  async #runDetection(handler: JobHandler, request: RunDetectionRequest, attempt: Attempt): Promise<void> {
    await Promise.resolve();
    const signal = attempt.cancel.signal;
    const run = new DetectionRun(request, attempt, message => this.#surely(message, signal), this.settings.clock);
    let error = "";
    let hasSlot = false;
    try {
      hasSlot = await this.#detections.take(signal);
      if (!hasSlot) throw signal.reason;
      this.#link?.workChanged();
      await spanned("detect", attempt.jobType, { "request.id": attempt.requestId }, () => run.collect(handler, this.#saved(handler, request, attempt), this.workerId, !attempt.origin.isOurs));
    } catch (fault) {
      const stopped = signal.aborted && (fault === signal.reason || (fault as Error | undefined)?.name === "AbortError");
      if (!stopped) this.settings.logger.warn(`the handler of ${attempt} failed: ${describe(fault)}`);
      error = stopped ? "context canceled" : signal.aborted ? asCanceled(describe(fault)) : describe(fault);
    } finally {
      if (hasSlot) this.#detections.free();
    }
    this.figures.proposed(attempt.jobType, run.sent);
    await this.#surely(detectionEnd(request, run.sent, error), signal, attempt);
    this.#end(attempt);
  }

  /** Sends by this stream, and by the next one when this one ends before; settles when it has left, or the signal is aborted. */
  async #surely(message: WorkerToAdminMessage, signal: AbortSignal, after?: Attempt): Promise<void> {
    for (;;) {
      const next = this.#next.promise;
      const told = new Deferred<boolean>();
      if (this.#link) this.#link.send(message, after, told.resolve);
      else told.resolve(false);
      if (await unlessAborted(told.promise, signal).catch(() => true)) return;
      await orAborted(next, signal);
      if (signal.aborted) return;
    }
  }

  #deliver(request: ExecuteJobRequest, outcome: JobOutcome, attempt: Attempt): void {
    if (attempt.forced) return;
    // Nobody waits for what was cancelled because the stream was lost, unless the admin acknowledges results.
    if (attempt.cancel.signal.aborted && !outcome.success && !this.#keepsResults && (!this.#link || attempt.late)) return;
    const told = attempt.late ? markedLate(outcome) : outcome;
    const message = completion(request, told, this.settings.clock.now());
    this.completions.keep(message.job_completed!);
    this.#link?.send(message, attempt);
  }

  /** After the last word of the attempt is queued: whoever waits for idleness may close the stream then. */
  #end(attempt: Attempt): void {
    this.#running.delete(attempt.requestId);
    attempt.close();
    this.#link?.workChanged();
    attempt.ended.resolve();
  }
}

/** Marked, so that people see why the admin did not take it. */
function markedLate(outcome: JobOutcome): JobOutcome {
  const outputs = { ...outcome.outputs, late_report: true };
  return outcome.success ? JobOutcome.succeeded(outcome.text, outputs) : JobOutcome.failed(outcome.text, { permanent: outcome.outputs["error_class"] === "permanent", outputs });
}

/** What handlers see when they are stopped: the reason of their signal. */
function abortError(text: string): DOMException {
  return new DOMException(text, "AbortError");
}

/** An exception for people: its type and message. */
export function describe(error: unknown): string {
  return cut(error instanceof Error ? `${error.name}: ${error.message}` : `Error: ${String(error)}`);
}

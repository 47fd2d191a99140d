import type { Attempt } from "./attempt.js";
import type { Call } from "./channel.js";
import { type Clock, Deferred } from "./clock.js";
import { LogRing } from "./log-ring.js";
import type { WorkRunner } from "./runner.js";
import type { WorkerToAdminMessage } from "./wire.js";

const queueLength = 256;
const reportPause = 250;
/** A queue that is full for so long is one that nobody reads. */
const stuckLimit = 30_000;
/** Pieces of output of one attempt in one go: no more than is kept of it. */
const mostChunks = (2 * LogRing.kept) / LogRing.chunkSize;

interface Queued {
  readonly message: WorkerToAdminMessage;
  readonly after: Attempt | undefined;
  readonly told: ((written: boolean) => void) | undefined;
}

interface Hooks {
  heartbeat(): WorkerToAdminMessage;
  sendsOutput(): boolean;
  stuck(): void;
  /** A completion has left. */
  written(requestId: string): void;
  /** The queue is full, or has room again. */
  crowded(crowded: boolean): void;
}

/**
 * All that is written to a stream, by one pump, no faster than it is read. Acknowledgements and results are queued; when the
 * queue is full no more requests are read. Heartbeats, progress and output are no messages until there is room for them.
 */
export class Outbox {
  readonly #queue: Queued[] = [];
  #wakeUp: Deferred | undefined;
  #written: Deferred | undefined;
  #cancelStuck: (() => void) | undefined;
  #cancelReport: (() => void) | undefined;
  #beatIsDue = false;
  #hasReports = false;
  #lastReport = -Infinity;
  #finishing = false;
  #stopped = false;
  readonly #finished = new Deferred();

  constructor(
    private readonly call: Call,
    private readonly clock: Clock,
    private readonly runner: WorkRunner,
    private readonly coded: (message: WorkerToAdminMessage) => Buffer,
    private readonly hooks: Hooks,
  ) {}

  /**
   * @param after What this attempt still has to say goes before the message.
   * @param told Called once: true when the message has left, false when the stream ended before.
   */
  add(message: WorkerToAdminMessage, after?: Attempt, told?: (written: boolean) => void): void {
    this.#queue.push({ message, after, told });
    if (this.#queue.length >= queueLength && !this.#cancelStuck) {
      this.#cancelStuck = this.clock.after(stuckLimit, () => this.hooks.stuck());
      this.hooks.crowded(true);
    }
    this.#wake();
  }

  beat(): void {
    this.#beatIsDue = true;
    this.#wake();
  }

  /** Some attempt has something to report. */
  reportSoon(): void {
    if (this.#hasReports) {
      if (this.#cancelReport && this.#isPressing()) this.#wake();
      return;
    }
    this.#hasReports = true;
    this.#wake();
  }

  /** Writes until the stream ends. */
  async pump(): Promise<void> {
    while (!this.#stopped) {
      let wrote = false;
      for (let count = 0; count < queueLength && !this.#stopped; count++) {
        const next = this.#queue.shift();
        if (!next) break;
        this.#hasRoom();
        if (next.after) await this.#report(next.after, true);
        await this.#write(next.message, next.told !== undefined);
        next.told?.(!this.#stopped);
        const completed = next.message.job_completed;
        if (completed && !this.#stopped) this.hooks.written(completed.request_id);
        wrote = true;
      }
      if (this.#beatIsDue && !this.#stopped && !this.#finishing) {
        this.#beatIsDue = false;
        await this.#write(this.hooks.heartbeat());
        wrote = true;
      }
      const isTime = this.clock.elapsed() - this.#lastReport >= reportPause;
      if (this.#hasReports && (isTime || this.#isPressing())) {
        if (isTime) {
          this.#hasReports = false;
          this.#lastReport = this.clock.elapsed();
        }
        for (const attempt of this.runner.running) await this.#report(attempt, isTime);
        wrote = true;
      }
      if (wrote || this.#stopped || this.#queue.length > 0) continue;
      if (this.#finishing) {
        this.call.end();
        this.#finished.resolve();
        return;
      }
      await this.#idle();
    }
  }

  /** What is queued is written, then the stream is half-closed; settles then. */
  finish(): Promise<void> {
    this.#finishing = true;
    this.#wake();
    return this.#finished.promise;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelStuck?.();
    this.#cancelReport?.();
    this.#finished.resolve();
    this.#written?.resolve();
    for (const { told } of this.#queue.splice(0)) told?.(false);
    this.#wake();
  }

  /** Until there is something to write. */
  async #idle(): Promise<void> {
    this.#wakeUp = new Deferred();
    if (this.#hasReports) {
      this.#cancelReport = this.clock.after(this.#lastReport + reportPause - this.clock.elapsed(), () => this.#wake());
    }
    await this.#wakeUp.promise;
    this.#cancelReport?.();
    this.#cancelReport = undefined;
  }

  #wake(): void {
    this.#wakeUp?.resolve();
  }

  #hasRoom(): void {
    if (this.#queue.length >= queueLength / 2 || !this.#cancelStuck) return;
    this.#cancelStuck();
    this.#cancelStuck = undefined;
    this.hooks.crowded(false);
  }

  #isPressing(): boolean {
    return this.hooks.sendsOutput() && this.runner.running.some(attempt => attempt.isPressing);
  }

  /** What an attempt has to say: its output, no more of it than is kept at a time, then its newest progress. */
  async #report(attempt: Attempt, withProgress: boolean): Promise<void> {
    if (this.hooks.sendsOutput() && !attempt.isDetection) {
      for (let count = 0; count < mostChunks && !this.#stopped; count++) {
        const chunk = attempt.takeLog();
        if (!chunk) break;
        await this.#write(chunk, true);
      }
    }
    const progress = this.#stopped || !withProgress ? undefined : attempt.takeProgress();
    if (progress) await this.#write(progress);
  }

  /** Settles when the next one may be written, or when it has left: of output what is lost with the stream must not be more than is kept. */
  async #write(message: WorkerToAdminMessage, hasLeft = false): Promise<void> {
    if (this.#stopped) return;
    const written = new Deferred();
    const goesOn = this.call.write(this.coded(message), () => written.resolve());
    if (goesOn && !hasLeft) return;
    this.#written = written;
    await written.promise;
    this.#written = undefined;
  }
}

import { Deferred, type Clock } from "./clock.js";
import { LogRing } from "./log-ring.js";
import type { Link } from "./runner.js";
import { type Plain, toWireMap } from "./values.js";
import { type ActivityEvent, type RunningWork, type WorkerToAdminMessage, type ValueMap, toTime } from "./wire.js";

export type OutputStream = "stdout" | "stderr";

/** How far an attempt is. */
export interface Report {
  /** 0–100; never falls. */
  percent?: number;
  stage?: string;
  message?: string;
  /** Measured values, shown with the progress. */
  metrics?: { readonly [name: string]: Plain };
}

/** Where the reports of a handler go. */
export interface Reports {
  report(report: Report): void;
  output(stream: OutputStream, bytes: Uint8Array | string): Promise<void>;
  activity(message: string, stage?: string, details?: { readonly [name: string]: Plain }): void;
}

const mostActivities = 100;
const mostMetrics = 100;
const textLimit = 16 * 1024;
/** Bytes of callers that do not wait: beyond this the oldest output is given up. */
const mostWaiting = 1024 * 1024;
/** How long work is held up by output that nobody takes: a lost admin must not stop it. */
const patience = 5000;

/**
 * One attempt or detection while its handler runs. Reports land in slots that the session's pump empties: progress keeps only
 * the newest, output keeps the last 768 KiB that were taken for re-sending, activities up to a bound.
 */
export class Attempt implements Reports {
  /** Aborted when the work is to stop, whoever wants it. */
  readonly cancel = new AbortController();
  /** Aborted when the worker is about to stop. */
  readonly stopping = new AbortController();
  /** Settled when the handler has returned and its last word is queued. */
  readonly ended = new Deferred();
  /** The lease was taken by force: nobody waits for the result. */
  forced = false;
  /** The stream was lost for longer than the admin waits: the result comes too late. */
  late = false;

  readonly #rings = { stdout: new LogRing(), stderr: new LogRing() };
  readonly #waiting: { ring: LogRing; bytes: Uint8Array; done: () => void }[] = [];
  #waitingBytes = 0;
  #inOneTurn = 0;
  #impatient: (() => void) | undefined;
  #activities: ActivityEvent[] = [];
  #percent = 0;
  #stage = "";
  #message = "";
  #metrics: ValueMap = {};
  #news = false;
  #abandoned: boolean;

  /** @param keepsOutput Somebody takes the output, so that it is worth waiting until it is taken. */
  constructor(
    readonly requestId: string,
    readonly workId: string,
    readonly jobType: string,
    readonly isDetection: boolean,
    private readonly keepsOutput: boolean,
    private readonly clock: Clock,
    private readonly changed: () => void,
    /** The session that brought it. */
    readonly origin: Link,
  ) {
    this.#abandoned = !keepsOutput;
    this.cancel.signal.addEventListener("abort", () => this.#giveUp(), { once: true });
  }

  snapshot(withRequestId: boolean): RunningWork {
    return {
      work_id: this.workId,
      kind: this.isDetection ? "WORK_KIND_DETECTION" : "WORK_KIND_EXECUTION",
      job_type: this.jobType,
      state: "JOB_STATE_RUNNING",
      progress_percent: this.#percent,
      stage: this.#stage,
      ...(withRequestId ? { request_id: this.requestId } : {}),
    };
  }

  report({ percent, stage, message, metrics }: Report): void {
    if (percent !== undefined && Number.isFinite(percent)) this.#percent = Math.max(this.#percent, Math.min(Math.max(percent, 0), 100));
    if (stage) this.#stage = cut(stage);
    this.#message = cut(message ?? "");
    // Only the newest report is sent, so that the values of those before it are kept.
    if (metrics) this.#metrics = Object.fromEntries(Object.entries({ ...this.#metrics, ...toWireMap(metrics) }).slice(0, mostMetrics));
    this.#news = true;
    this.changed();
  }

  activity(message: string, stage = "", details: { readonly [name: string]: Plain } = {}): void {
    if (this.#activities.length === mostActivities) this.#activities.shift();
    this.#activities.push({
      source: this.isDetection ? "ACTIVITY_SOURCE_DETECTOR" : "ACTIVITY_SOURCE_EXECUTOR",
      message: cut(message),
      stage: cut(stage),
      details: toWireMap(details),
      created_at: toTime(this.clock.now()),
    });
    this.#news = true;
    this.changed();
  }

  /** Settles when there was room among 256 KiB a stream, as a program waits at a full pipe. */
  output(stream: OutputStream, data: Uint8Array | string): Promise<void> {
    let bytes: Uint8Array = typeof data === "string" ? Buffer.from(data, "utf8") : data;
    const ring = this.#rings[stream];
    this.changed();
    if (this.#waiting.length === 0) {
      const room = this.#abandoned ? bytes.length : Math.max(0, LogRing.capacity - ring.unsent);
      const taken = Math.min(room, bytes.length);
      ring.append(bytes.subarray(0, taken));
      bytes = bytes.subarray(taken);
      if (bytes.length === 0) return this.#turn(taken);
    }
    // A copy: the caller may use its buffer again although it has not waited.
    const wait = new Promise<void>(done => this.#waiting.push({ ring, bytes: Uint8Array.from(bytes), done }));
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > mostWaiting) this.#flush();
    else this.#impatient ??= this.clock.after(patience, () => this.#giveUp());
    return wait;
  }

  /** A loop that writes and finds room each time must not keep the thread to itself: no heartbeat leaves, no ping is answered meanwhile. */
  #turn(bytes: number): Promise<void> {
    this.#inOneTurn += bytes;
    if (this.#inOneTurn < LogRing.capacity) return Promise.resolve();
    this.#inOneTurn = 0;
    return new Promise(resolve => setImmediate(resolve));
  }

  /** Something was written that an admin would keep. */
  get hasOutput(): boolean {
    return this.keepsOutput && !(this.#rings.stdout.isEmpty && this.#rings.stderr.isEmpty);
  }

  /** Output is about to have to wait. */
  get isPressing(): boolean {
    return !this.#abandoned && Math.max(this.#rings.stdout.unsent, this.#rings.stderr.unsent) > LogRing.capacity / 2;
  }

  /** The next piece of output not sent yet, of the stream that is further behind. */
  takeLog(): WorkerToAdminMessage | undefined {
    const { stdout, stderr } = this.#rings;
    const [ring, stream] = stdout.unsent < stderr.unsent ? [stderr, "LOG_STREAM_STDERR"] : [stdout, "LOG_STREAM_STDOUT"];
    const chunk = ring.take();
    if (!chunk) return undefined;
    this.#abandoned = !this.keepsOutput || this.cancel.signal.aborted;
    this.#refill();
    return {
      job_log: {
        request_id: this.requestId,
        job_id: this.workId,
        stream,
        offset: String(chunk.offset),
        data: chunk.bytes,
        sent_at: toTime(this.clock.now()),
      },
    };
  }

  /** The newest progress, once. */
  takeProgress(): WorkerToAdminMessage | undefined {
    if (!this.#news) return undefined;
    this.#news = false;
    const activities = this.#activities;
    this.#activities = [];
    return {
      job_progress_update: {
        request_id: this.requestId,
        job_id: this.isDetection ? "" : this.workId,
        job_type: this.jobType,
        state: "JOB_STATE_RUNNING",
        progress_percent: this.#percent,
        stage: this.#stage,
        message: this.#message,
        metrics: this.#metrics,
        activities,
        updated_at: toTime(this.clock.now()),
      },
    };
  }

  /** After a reconnect: what may not have arrived is sent again; the admin drops what it has. */
  rewind(): void {
    this.#rings.stdout.rewind();
    this.#rings.stderr.rewind();
  }

  /** Nothing waits any more, whatever becomes of it. */
  close(): void {
    this.#giveUp();
  }

  toString(): string {
    return `${this.jobType} ${this.workId} (${this.requestId})`;
  }

  /** From here on what is not taken is overwritten, until somebody takes output again. */
  #giveUp(): void {
    this.#abandoned = true;
    this.#flush();
  }

  #flush(): void {
    for (const { ring, bytes, done } of this.#waiting.splice(0)) {
      ring.append(bytes);
      done();
    }
    this.#waitingBytes = 0;
    this.#impatient?.();
    this.#impatient = undefined;
  }

  /** Something was taken: those who wait go on, in their order. */
  #refill(): void {
    let next;
    while ((next = this.#waiting[0])) {
      const room = Math.max(0, LogRing.capacity - next.ring.unsent);
      const piece = next.bytes.subarray(0, room);
      next.ring.append(piece);
      this.#waitingBytes -= piece.length;
      next.bytes = next.bytes.subarray(piece.length);
      if (next.bytes.length > 0) break;
      this.#waiting.shift();
      next.done();
    }
    this.#impatient?.();
    this.#impatient = this.#waiting.length > 0 ? this.clock.after(patience, () => this.#giveUp()) : undefined;
  }
}

/** The first 16 KiB of a text, cut between characters. */
export function cut(text: string, most = textLimit): string {
  if (text.length * 3 <= most) return text;
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= most) return text;
  let end = most;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

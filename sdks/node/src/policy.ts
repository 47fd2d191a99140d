import type { CloseReason, StartFailureCode } from "./sessions.js";

export interface RestartPolicyOptions {
  /** Longest pause in ms; default 30 s. */
  longestDelay?: number;
  /**
   * Pause in ms between tries, after a first one of 0.2 s, while a lost session left work that may go on or results that were not
   * confirmed, for resumeWindow after the loss; default 2 s: an admin that comes back keeps their leases for 15 s.
   */
  longestDelayAtWork?: number;
  /** After this many ms in service the pauses begin anew; default 60 s. */
  resetAfter?: number;
  /** 0–1, drawn for each pause; default Math.random. */
  jitter?: () => number;
}

/** When and after which pause a worker dials again. Knows neither clock nor network. */
export class RestartPolicy {
  readonly longestDelay: number;
  readonly longestDelayAtWork: number;
  readonly resetAfter: number;
  readonly #jitter: () => number;

  constructor(options: RestartPolicyOptions = {}) {
    this.longestDelay = options.longestDelay ?? 30_000;
    this.longestDelayAtWork = options.longestDelayAtWork ?? 2000;
    this.resetAfter = options.resetAfter ?? 60_000;
    this.#jitter = options.jitter ?? Math.random;
  }

  /** Only for reasons that may pass: never after a stop, a shutdown, a refusal for good, or when another process owns the id. */
  static restarts(reason: CloseReason | StartFailureCode, permanent = false): boolean {
    return !permanent && ["ConnectionLost", "HeartbeatTimeout", "Unreachable", "Timeout", "Rejected"].includes(reason);
  }

  /**
   * The pause in ms before try n (from 1): the first delay, doubled each time, ±20 %, up to the longest.
   * @param first What the admin asked for, in ms.
   */
  delay(tries: number, first: number): number {
    return this.#jittered(first * 2 ** Math.min(Math.max(tries - 1, 0), 20));
  }

  /** The pause in ms before try n (from 1) after a loss that left work or results: short, so that they find their way back. */
  delayAtWork(tries: number): number {
    return this.#jittered(tries <= 1 ? Math.min(200, this.longestDelayAtWork) : this.longestDelayAtWork);
  }

  #jittered(pause: number): number {
    return Math.min(Math.min(pause, this.longestDelay) * (0.8 + 0.4 * this.#jitter()), this.longestDelay);
  }
}

import { Deferred, orAborted } from "./clock.js";

/** Slots that are waited for: whoever waits longest is next. */
export class Slots {
  used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly total: number) {}

  /** False when it was cancelled while it waited. */
  async take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.used < this.total) {
      this.used++;
      return true;
    }
    const turn = new Deferred();
    this.#waiting.push(turn.resolve);
    await orAborted(turn.promise, signal);
    if (!signal.aborted) return true;
    const at = this.#waiting.indexOf(turn.resolve);
    if (at >= 0) this.#waiting.splice(at, 1);
    else this.free();
    return false;
  }

  /** Whoever waits longest takes the slot over. */
  free(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.used--;
  }
}

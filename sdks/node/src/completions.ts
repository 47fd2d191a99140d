import { type Clock, Deferred } from "./clock.js";
import type { JobCompleted } from "./wire.js";

const most = 1000;
const longest = 24 * 3_600_000;

/** Results that no admin has confirmed yet; sent again after every start, oldest first. */
export class CompletionBox {
  #kept: { completed: JobCompleted; since: number }[] = [];
  #emptied: Deferred | undefined;

  constructor(private readonly clock: Clock) {}

  keep(completed: JobCompleted): void {
    this.#kept.push({ completed, since: this.clock.elapsed() });
    if (this.#kept.length > most) this.#kept.shift();
  }

  confirm(requestId: string): void {
    const at = this.#kept.findIndex(entry => entry.completed.request_id === requestId);
    if (at >= 0) this.#kept.splice(at, 1);
    this.#tellEmpty();
  }

  all(): JobCompleted[] {
    const oldest = this.clock.elapsed() - longest;
    this.#kept = this.#kept.filter(entry => entry.since >= oldest);
    this.#tellEmpty();
    return this.#kept.map(entry => entry.completed);
  }

  /** Settles when nothing is left to be confirmed. */
  emptied(): Promise<void> {
    if (this.#kept.length === 0) return Promise.resolve();
    this.#emptied ??= new Deferred();
    return this.#emptied.promise;
  }

  #tellEmpty(): void {
    if (this.#kept.length > 0) return;
    this.#emptied?.resolve();
    this.#emptied = undefined;
  }
}

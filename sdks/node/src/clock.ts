/** Time as the package sees it, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that is never set. */
  elapsed(): number;
  /** Calls once after so many milliseconds, however many; returns what takes it back. */
  after(milliseconds: number, call: () => void): () => void;
}

/** setTimeout takes no more than 2^31 - 1 ms: longer waits are made of pieces. */
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, call) {
    let timer: NodeJS.Timeout;
    const arm = (left: number) => {
      timer = setTimeout(() => (left > longest ? arm(left - longest) : call()), Math.min(Math.max(left, 0), longest));
    };
    arm(milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until a test turns it. */
export class ManualClock implements Clock {
  #now: number;
  #elapsed = 0;
  #timers: { at: number; call: () => void }[] = [];

  /** @param start Milliseconds since 1970; default 2026-01-01. */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.#elapsed + Math.max(milliseconds, 0), call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }

  /** Turns the clock; what falls due is called in its order, and what it causes has run when this returns. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    for (;;) {
      await settle();
      const next = this.#timers.reduce<{ at: number; call: () => void } | undefined>((first, timer) => (!first || timer.at < first.at ? timer : first), undefined);
      if (!next || next.at > end) break;
      this.#timers = this.#timers.filter(timer => timer !== next);
      this.#now += next.at - this.#elapsed;
      this.#elapsed = next.at;
      next.call();
    }
    this.#now += end - this.#elapsed;
    this.#elapsed = end;
    await settle();
  }
}

const settle = () => new Promise<void>(resolve => setImmediate(resolve));

/** Waits; rejects with the reason of the signal when that is aborted first. */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal!.reason);
    };
    const cancel = clock.after(milliseconds, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** True when the promise settles in time; its failure is not looked at. */
export function within(clock: Clock, milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise(resolve => {
    const cancel = clock.after(milliseconds, () => resolve(false));
    const done = () => {
      cancel();
      resolve(true);
    };
    promise.then(done, done);
  });
}

/** Settles as the promise does, or rejects with the signal's reason when that is aborted first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Settles with the promise or the abort, whichever comes first. */
export function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return unlessAborted(promise, signal).then(() => {}, () => {});
}

/** A promise and what settles it. */
export class Deferred<T = void> {
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

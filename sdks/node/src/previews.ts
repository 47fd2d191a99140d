import { type Clock, within } from "./clock.js";
import type { JobHandler, Preview } from "./handler.js";
import { describe } from "./runner.js";
import type { PreviewRequest } from "./wire.js";

const mostAtOnce = 4;
/** An admin waits no longer for the answer. */
const limit = 30_000;

/** Rows of objects, as handlers know them; of one worker, so that calls that hang count in its later sessions too. */
export class Previews {
  readonly #handlers: readonly JobHandler[];
  #asked = 0;

  constructor(handlers: Iterable<JobHandler>, private readonly clock: Clock) {
    this.#handlers = [...handlers].filter(handler => handler.preview);
  }

  get isOffered(): boolean {
    return this.#handlers.length > 0;
  }

  /** The first preview a handler has, or why there is none. Never throws. */
  async answer(request: PreviewRequest): Promise<Preview | string> {
    if (!this.isOffered) return "this worker has no previews";
    if (this.#asked >= mostAtOnce) return `${mostAtOnce} previews are being made; ask again`;
    this.#asked++;
    const made = this.#make(request).finally(() => this.#asked--);
    return (await within(this.clock, limit, made)) ? made : `the preview took more than ${limit / 1000} s`;
  }

  async #make(request: PreviewRequest): Promise<Preview | string> {
    let why = "no handler knows this object";
    for (const handler of this.#handlers) {
      try {
        const preview = await handler.preview!(request);
        if (preview) return preview;
      } catch (error) {
        why = describe(error);
      }
    }
    return why;
  }
}

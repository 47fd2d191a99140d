import { cut } from "./attempt.js";
import { within } from "./clock.js";
import type { JobHandler } from "./handler.js";
import type { Settings } from "./options.js";

/** What the handlers last said of their health. One of a worker: a check that hangs outlives the session that asked for it, and is not asked again. */
export class HealthBoard {
  readonly #texts = new Map<string, string>();
  readonly #asked = new Set<string>();

  /** @param changed Told when a handler says something else than before. */
  constructor(
    private readonly handlers: Iterable<JobHandler>,
    private readonly settings: Settings,
    private readonly changed: () => void,
  ) {}

  /** What is wrong; empty when nothing is. */
  get text(): string {
    return cut([...this.#texts].map(([jobType, text]) => `${jobType}: ${text}`).join("; "), 1024);
  }

  /** Asks those who are not still thinking about it; what they say is in the next heartbeat. */
  ask(): void {
    for (const handler of this.handlers) {
      if (handler.health && !this.#asked.has(handler.descriptor.job_type)) void this.#ask(handler, handler.descriptor.job_type);
    }
  }

  async #ask(handler: JobHandler, jobType: string): Promise<void> {
    this.#asked.add(jobType);
    let text: string | undefined;
    const answer = (async () => (text = await handler.health!()))().catch(error => (text = `health failed: ${(error as Error)?.message ?? error}`));
    if (!(await within(this.settings.clock, this.settings.requestTimeout, answer))) this.#say(jobType, "health does not answer");
    await answer;
    this.#asked.delete(jobType);
    this.#say(jobType, text);
  }

  #say(jobType: string, text: string | undefined): void {
    if ((this.#texts.get(jobType) ?? "") === (text ?? "")) return;
    if (text) this.#texts.set(jobType, String(text));
    else this.#texts.delete(jobType);
    this.changed();
  }
}

import { type Target, resolveAddress, split } from "./address.js";
import { Channel } from "./channel.js";
import type { JobHandler } from "./handler.js";
import { type Settings, currentToken } from "./options.js";
import type { WorkRunner } from "./runner.js";
import { Session } from "./session.js";
import { StartFailure } from "./sessions.js";

/** Finds the admin and is accepted by it, anew at every start. */
export class Dialler {
  #ownToken: string | undefined;
  #connectionUsed = false;

  constructor(
    private readonly settings: Settings,
    private readonly runner: WorkRunner,
    private readonly handlers: ReadonlyMap<string, JobHandler>,
    private readonly workerId: string,
  ) {
    // It may break before anybody uses it; the start that does is told.
    settings.connection?.on("error", () => {});
  }

  /** The first address of the list that answers. */
  async dial(claim: boolean, signal: AbortSignal): Promise<Session> {
    const { connection, address } = this.settings;
    if (connection && !this.#connectionUsed) {
      this.#connectionUsed = true;
      return this.#greet(await Channel.over(connection, this.settings, this.#token()), "the given connection", claim, signal);
    }
    let last = new StartFailure("Unreachable", "no address is set");
    for (const entry of split(address)) {
      try {
        const target = await resolveAddress(entry, signal, this.settings.tls);
        return await this.#greet(Channel.dial(target, this.settings, this.#token()), nameOf(target), claim, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (!(error instanceof StartFailure) || !["Unreachable", "Timeout"].includes(error.code)) throw error;
        last = error;
      }
    }
    throw last;
  }

  async #greet(channel: Channel, address: string, claim: boolean, signal: AbortSignal): Promise<Session> {
    const { clock, registrationTimeout } = this.settings;
    const session = new Session(channel, address, this.settings, this.runner, this.handlers, this.workerId, token => (this.#ownToken = token));
    const limit = new AbortController();
    const onAbort = () => limit.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const cancel = clock.after(registrationTimeout, () =>
      limit.abort(new StartFailure("Timeout", `no hello came from ${address} within ${registrationTimeout / 1000} s`)));
    try {
      await session.greet(claim, limit.signal);
      return session;
    } catch (error) {
      await session.abandon();
      throw error;
    } finally {
      cancel();
      signal.removeEventListener("abort", onAbort);
    }
  }

  #token(): string | undefined {
    if (this.#ownToken) return this.#ownToken;
    try {
      return currentToken(this.settings);
    } catch (error) {
      throw new StartFailure("Unreachable", `the token file cannot be read: ${(error as Error).message}`, false, { cause: error });
    }
  }
}

function nameOf(target: Target): string {
  return `${target.secure ? "grpcs" : "grpc"}://${target.authority}`;
}

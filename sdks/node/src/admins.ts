import * as grpc from "@grpc/grpc-js";
import { resolveAddress, split } from "./address.js";
import { asLength, tlsCredentials } from "./channel.js";
import type { AdminClientOptions } from "./client.js";
import { receiveLimit } from "./options.js";
import { jobServices } from "./wire.js";

type Unary = (request: object, metadata: grpc.Metadata, options: grpc.CallOptions, done: (error: grpc.ServiceError | null, answer: unknown) => void) => void;
type Watch = (request: object, metadata: grpc.Metadata) => grpc.ClientReadableStream<unknown>;
export type JobServiceClient = grpc.Client & Record<"Submit" | "Get" | "Cancel", Unary> & Record<"WatchLogs" | "WatchEvents", Watch>;

const soonest = 250;

/** The admins of an address list as the submitting side asks them: one connection per address, looked up anew when nobody is there. */
export class Admins {
  readonly #entries: readonly string[];
  readonly #over = new AbortController();
  /** Also those that were left: calls may be under way there. */
  readonly #known = new Map<string, JobServiceClient>();
  #at = 0;
  #current: Promise<JobServiceClient> | undefined;

  constructor(
    list: string,
    private readonly options: AdminClientOptions,
  ) {
    this.#entries = split(list);
  }

  /** The answer of the first that is there, beginning with the one that was there last. Throws the last refusal when none is. */
  async ask<T>(call: (client: JobServiceClient) => Promise<T>): Promise<T> {
    for (let left = this.#entries.length - 1; ; left--) {
      const found = this.#find();
      try {
        return await call(await found);
      } catch (error) {
        if ((error as grpc.ServiceError).code !== grpc.status.UNAVAILABLE) throw error;
        this.#leave(found);
        if (left === 0) throw error;
      }
    }
  }

  close(): void {
    this.#over.abort(new Error("the client was closed"));
    for (const client of this.#known.values()) client.close();
  }

  #find(): Promise<JobServiceClient> {
    const found = (this.#current ??= this.#dial(this.#entries[this.#at]!));
    // A failure is not kept: the next call tries anew.
    found.catch(() => this.#current === found && (this.#current = undefined));
    return found;
  }

  /** The next call looks up the next entry: the port may have been a guess, or have changed. */
  #leave(client: Promise<JobServiceClient>): void {
    if (this.#current !== client) return;
    this.#current = undefined;
    this.#at = (this.#at + 1) % this.#entries.length;
  }

  async #dial(entry: string): Promise<JobServiceClient> {
    const { tls = {}, credentials } = this.options;
    const { authority, secure } = await resolveAddress(entry, this.#over.signal, tls);
    this.#over.signal.throwIfAborted();
    const name = `${authority} ${secure}`;
    const known = this.#known.get(name);
    if (known) return known;
    const root = grpc.loadPackageDefinition(jobServices) as unknown as { pluginadmin: { v1: { JobService: new (...args: unknown[]) => JobServiceClient } } };
    const client = new root.pluginadmin.v1.JobService(authority, credentials ?? (secure || tls.ca ? tlsCredentials(tls) : grpc.credentials.createInsecure()), {
      "grpc.max_receive_message_length": asLength(this.options.receiveLimit ?? receiveLimit),
      "grpc.enable_http_proxy": 0,
      // An admin that is back is to be found soon, however long it was gone.
      "grpc.initial_reconnect_backoff_ms": soonest,
      "grpc.max_reconnect_backoff_ms": 1000,
      ...(tls.serverName ? { "grpc.ssl_target_name_override": tls.serverName } : {}),
    });
    this.#known.set(name, client);
    return client;
  }
}

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { addressProblems, split } from "./address.js";
import { Admins } from "./admins.js";
import type { OutputStream } from "./attempt.js";
import { type TlsFiles, currentToken, receiveLimit, tokenProblems } from "./options.js";
import { type Plain, Value, fromWireMap, toWireMap } from "./values.js";
import type { ValueMap } from "./wire.js";

export interface SubmitOptions {
  summary?: string;
  detail?: string;
  /** 0–100. */
  priority?: number;
  /** The same key again returns the job it made; at most 128 printable characters. Made up when there is none. */
  idempotencyKey?: string;
  labels?: Record<string, string>;
  /** What the worker's labels must be. */
  requireLabels?: Record<string, string>;
  retryLimit?: number;
  /** Refused when no connected worker can take it, instead of waiting for one. */
  requireWorker?: boolean;
}

export interface GetOptions {
  /** Its parameters too, in `raw`; default false. */
  parameters?: boolean;
}

export interface WaitOptions {
  /** Told of the job's output as it comes. */
  onOutput?: (stream: OutputStream, bytes: Buffer) => void;
  /** Ends the waiting, not the job. */
  signal?: AbortSignal;
}

export interface RunJobOptions extends SubmitOptions, WaitOptions {}

export interface CancelOptions {
  /** Does not wait for the worker; default false. */
  force?: boolean;
}

export interface WatchLogsOptions {
  /** Waits for what is still to be written, and for further attempts, until the job has ended; default true. */
  follow?: boolean;
  /** Begins with so many last lines of each stream; default 0, all of them. */
  tailLines?: number;
  /** Ends it: its reason is thrown. */
  signal?: AbortSignal;
}

/** Some of what a job wrote. */
export interface OutputPiece {
  /** From 1. */
  readonly attempt: number;
  readonly stream: OutputStream;
  /** Of the first byte, within the stream of the attempt. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** Bytes before these that the admin never got. */
  readonly missing: number;
}

/** A job as the admin knows it: the fields most callers want, and all of them. */
export interface JobView {
  readonly id: string;
  readonly jobType: string;
  /** PENDING, ASSIGNED, RUNNING, SUCCEEDED, FAILED or CANCELED. */
  readonly state: string;
  readonly attempt: number;
  readonly error: string;
  /** The worker's summary of a success. */
  readonly summary: string;
  /** Result values as plain JavaScript. */
  readonly outputs: Record<string, unknown>;
  /** Message `Job` of job_service.proto. */
  readonly raw: Record<string, unknown>;
}

interface WireJob {
  job_id: string;
  job_type: string;
  state: string;
  attempt: number;
  error_message: string;
  result: { summary: string; output_values: ValueMap } | null;
}

interface WireChunk {
  data: Buffer;
  stream: string;
  offset: string;
  attempt: number;
  gap_bytes: string;
}

const ended = new Set(["SUCCEEDED", "FAILED", "CANCELED"]);
const deadline = 30_000;
const retryPause = 250;
const crowdedPause = 1000;
const usualPatience = 120_000;

export interface AdminClientOptions {
  /** Sent as bearer token. */
  token?: string;
  /** Where the token is instead; read at each call. */
  tokenFile?: string;
  /** As a worker's: files, read when the client dials. */
  tls?: TlsFiles;
  /** Instead of what `tls` and the address say. */
  credentials?: grpc.ChannelCredentials;
  /** Longest message that is received, in bytes; default 1 GiB. */
  receiveLimit?: number;
  /** How long an admin may be gone before a call fails, in milliseconds; default 120,000. */
  patience?: number;
}

/**
 * The submitting side: asks an admin for jobs over pluginadmin.v1.JobService. An admin that is away for a restart is waited for,
 * `patience` long; a submission is sent again under its key, so that it makes one job.
 */
export class AdminClient {
  readonly #admins: Admins;
  readonly #options: AdminClientOptions;

  /**
   * Throws a TypeError when it is no address, or the options cannot be used.
   * @param address As a worker's: `host:http`, whose gRPC port is asked for with the first call, `host:http.grpc`, `grpc://host:port`
   * or `grpcs://host:port`; of a comma list the first entry that is there is asked. It is looked up anew when nobody is there.
   */
  constructor(address: string, options: AdminClientOptions = {}) {
    const problems = addressProblems(address);
    if (split(address).length === 0 || problems.length > 0) throw new TypeError(problems[0] ?? "no address of an admin is set");
    const wrong = tokenProblems(options);
    if (!((options.receiveLimit ?? receiveLimit) > 0)) wrong.push("receiveLimit must be above 0");
    if (!((options.patience ?? 0) >= 0)) wrong.push("patience must be 0 or above");
    if (wrong.length > 0) throw new TypeError(wrong.join("\n"));
    this.#admins = new Admins(address, options);
    this.#options = options;
  }

  /** Accepted means durable. Plain values are converted to the kinds of the type's form; a Value goes as it is. */
  async submit(jobType: string, parameters: { readonly [name: string]: Plain } = {}, options: SubmitOptions = {}): Promise<JobView> {
    return this.#submit(jobType, parameters, options);
  }

  async #submit(jobType: string, parameters: { readonly [name: string]: Plain }, options: SubmitOptions, signal?: AbortSignal): Promise<JobView> {
    const request = {
      job_type: jobType,
      ...(isJson(parameters) ? { parameters_json: JSON.stringify(parameters) } : { parameters: toWireMap(parameters) }),
      summary: options.summary ?? "",
      detail: options.detail ?? "",
      idempotency_key: options.idempotencyKey || `sdk-${randomUUID()}`,
      labels: options.labels ?? {},
      require_labels: options.requireLabels ?? {},
      require_worker: options.requireWorker ?? false,
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.retryLimit === undefined ? {} : { retry_limit: options.retryLimit }),
    };
    return this.#patiently(() => this.#call("Submit", request), signal);
  }

  /** The job as it is, with its result. */
  async get(jobId: string, options: GetOptions = {}): Promise<JobView> {
    const include = ["INCLUDE_RESULT", ...(options.parameters ? ["INCLUDE_PARAMETERS"] : [])];
    return this.#patiently(() => this.#call("Get", { job_id: jobId, include }));
  }

  /**
   * Asks for the end of a job. It may still succeed: {@link wait} says how it ended.
   * @param reason For people.
   */
  async cancel(jobId: string, reason = "", options: CancelOptions = {}): Promise<JobView> {
    return this.#patiently(() => this.#call("Cancel", { job_id: jobId, reason, force: options.force ?? false }));
  }

  /**
   * What a job writes, both streams by arrival, from its first byte on; ends with the job when it follows. Throws when the
   * connection breaks: output is not picked up again where it broke.
   */
  async *watchLogs(jobId: string, options: WatchLogsOptions = {}): AsyncGenerator<OutputPiece, void, undefined> {
    const request = { job_id: jobId, follow: options.follow ?? true, tail_lines: options.tailLines ?? 0 };
    for await (const chunk of this.#watch<WireChunk>("WatchLogs", request, options.signal)) {
      const missing = Number(chunk.gap_bytes);
      if (chunk.data.length === 0 && missing === 0) continue;
      yield { attempt: chunk.attempt, stream: chunk.stream === "LOG_STREAM_STDERR" ? "stderr" : "stdout", offset: Number(chunk.offset), bytes: chunk.data, missing };
    }
  }

  /** Submits, waits, and returns the job as it ended, however it ended; see {@link wait}. */
  async runJob(jobType: string, parameters: { readonly [name: string]: Plain } = {}, options: RunJobOptions = {}): Promise<JobView> {
    return this.wait((await this.#submit(jobType, parameters, options, options.signal)).id, options);
  }

  /**
   * Waits for the end of a job, whoever submitted it, and returns it as it ended, however it ended. Where the caller may open no
   * more streams, the job is asked for again and again.
   */
  async wait(jobId: string, options: WaitOptions = {}): Promise<JobView> {
    const places = new Map<string, number>();
    return this.#patiently(async answered => {
      const ask = async () => {
        const job = await this.#call("Get", { job_id: jobId, include: ["INCLUDE_RESULT"] });
        answered();
        options.signal?.throwIfAborted();
        return ended.has(job.state) ? job : undefined;
      };
      while (true) {
        options.signal?.throwIfAborted();
        if (options.onOutput) {
          await this.#follow(jobId, places, options.onOutput, options.signal);
        } else {
          // Asked for once the events are listened to, then after each: an end between the two is not missed.
          for await (const _ of this.#events(jobId, options.signal)) {
            const job = await ask();
            if (job) return job;
          }
        }
        const job = await ask();
        if (job) return job;
        await pause(crowdedPause);
      }
    }, options.signal);
  }

  close(): void {
    this.#admins.close();
  }

  #metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    const token = currentToken(this.#options);
    if (token) metadata.set("authorization", `Bearer ${token}`);
    return metadata;
  }

  /** The output of a job until it has ended; what was told before is not told again. */
  async #follow(jobId: string, places: Map<string, number>, onOutput: NonNullable<WaitOptions["onOutput"]>, signal: AbortSignal | undefined): Promise<void> {
    for await (const { attempt, stream, offset, bytes } of this.watchLogs(jobId, signal ? { signal } : {})) {
      const place = `${attempt} ${stream}`;
      const known = Math.max(0, (places.get(place) ?? 0) - offset);
      if (known >= bytes.length) continue;
      places.set(place, offset + bytes.length);
      onOutput(stream, bytes.subarray(known));
    }
  }

  /** Something happened to the job, or the admin has begun to listen. Ends at once when the caller has as many streams open as it may have. */
  async *#events(jobId: string, signal: AbortSignal | undefined): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* this.#watch("WatchEvents", { filter: { job_ids: [jobId] } }, signal);
    } catch (error) {
      if ((error as grpc.ServiceError).code !== grpc.status.RESOURCE_EXHAUSTED) throw error;
    }
  }

  async *#watch<T>(method: "WatchLogs" | "WatchEvents", request: object, signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
    let call: grpc.ClientReadableStream<unknown> | undefined;
    const onAbort = () => call?.cancel();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      // Whoever is there has sent a first message, or ended.
      const begun = await this.#admins.ask(async client => {
        signal?.throwIfAborted();
        call = client[method](request, this.#metadata());
        // Whoever leaves before the end cancels it, and nobody listens any more to what it says of that.
        call.on("error", () => {});
        const messages = (call as AsyncIterable<T>)[Symbol.asyncIterator]();
        return { messages, first: await messages.next() };
      });
      for (let next = begun.first; !next.done; next = await begun.messages.next()) yield next.value;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      call?.cancel();
    }
  }

  /** @param call Says of each answer that it came, when more than one comes: a long call is not a long absence. */
  async #patiently<T>(call: (answered: () => void) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let lostAt: number | undefined;
    while (true) {
      try {
        return await call(() => (lostAt = undefined));
      } catch (error) {
        if ((error as grpc.ServiceError).code !== grpc.status.UNAVAILABLE) throw error;
        lostAt ??= performance.now();
        if (performance.now() - lostAt >= (this.#options.patience ?? usualPatience)) throw error;
      }
      await pause(retryPause);
      signal?.throwIfAborted();
    }
  }

  async #call(method: "Submit" | "Get" | "Cancel", request: object): Promise<JobView> {
    const metadata = this.#metadata();
    const { job } = await this.#admins.ask(client => new Promise<{ job: WireJob }>((resolve, reject) => {
      client[method](request, metadata, { deadline: Date.now() + deadline }, (error, answer) => (error ? reject(error) : resolve(answer as { job: WireJob })));
    }));
    return view(job);
  }
}

/** Submits one job to the admin at the address, waits for its end and returns it; see {@link AdminClient.runJob}. */
export async function runJob(
  address: string,
  jobType: string,
  parameters: { readonly [name: string]: Plain } = {},
  options: RunJobOptions & AdminClientOptions = {},
): Promise<JobView> {
  const client = new AdminClient(address, options);
  try {
    return await client.runJob(jobType, parameters, options);
  } finally {
    client.close();
  }
}

function view(job: WireJob): JobView {
  return {
    id: job.job_id,
    jobType: job.job_type,
    state: job.state.replace("JOB_STATE_", ""),
    attempt: job.attempt,
    error: job.error_message,
    summary: job.result?.summary ?? "",
    outputs: fromWireMap(job.result?.output_values ?? {}),
    raw: job as unknown as Record<string, unknown>,
  };
}

function isJson(value: Plain): boolean {
  if (value instanceof Value || value instanceof Uint8Array || typeof value === "bigint") return false;
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || Object.values(value).every(isJson);
}

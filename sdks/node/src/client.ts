import * as grpc from "@grpc/grpc-js";
import { addressProblems, resolveAddress, split } from "./address.js";
import { tlsCredentials } from "./channel.js";
import { type TlsFiles, currentToken } from "./options.js";
import { type Plain, Value, fromWireMap, toWireMap } from "./values.js";
import { type ValueMap, jobServices } from "./wire.js";

export interface SubmitOptions {
  summary?: string;
  detail?: string;
  /** 0–100. */
  priority?: number;
  /** The same key again returns the job it made; at most 128 printable characters. */
  idempotencyKey?: string;
  labels?: Record<string, string>;
  /** What the worker's labels must be. */
  requireLabels?: Record<string, string>;
  retryLimit?: number;
  /** Refused when no connected worker can take it, instead of waiting for one. */
  requireWorker?: boolean;
}

export interface RunJobOptions extends SubmitOptions {
  /** Told of the job's output as it comes. */
  onOutput?: (stream: "stdout" | "stderr", bytes: Buffer) => void;
  /** Ends the waiting, not the job. */
  signal?: AbortSignal;
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
}

const ended = new Set(["SUCCEEDED", "FAILED", "CANCELED"]);
const deadline = 30_000;
const retryPause = 1000;
const patience = 60_000;

type Unary = (request: object, metadata: grpc.Metadata, options: grpc.CallOptions, done: (error: grpc.ServiceError | null, answer: unknown) => void) => void;
type JobServiceClient = grpc.Client & Record<"Submit" | "Get" | "Cancel", Unary> & { WatchLogs(request: object, metadata: grpc.Metadata): grpc.ClientReadableStream<WireChunk> };

export interface AdminClientOptions {
  /** Sent as bearer token. */
  token?: string;
  /** Read at each call instead of the token. */
  tokenFile?: string;
  /** As a worker's: files, read when the client dials. */
  tls?: TlsFiles;
  /** Instead of what `tls` and the address say. */
  credentials?: grpc.ChannelCredentials;
}

/** The submitting side: asks an admin for jobs over pluginadmin.v1.JobService. */
export class AdminClient {
  readonly #entry: string;
  readonly #options: AdminClientOptions;
  readonly #over = new AbortController();
  #dialled: Promise<JobServiceClient> | undefined;

  /**
   * Throws a TypeError when it is no address.
   * @param address As a worker's: `host:http`, whose gRPC port is asked for with the first call, `host:http.grpc`, `grpc://host:port`
   * or `grpcs://host:port`; of a comma list the first entry counts.
   */
  constructor(address: string, options: AdminClientOptions = {}) {
    const [entry = ""] = split(address);
    const problems = addressProblems(entry);
    if (entry === "" || problems.length > 0) throw new TypeError(problems[0] ?? "no address of an admin is set");
    this.#entry = entry;
    this.#options = options;
  }

  /** Accepted means durable. Plain values are converted to the kinds of the type's form; a Value goes as it is. */
  async submit(jobType: string, parameters: { readonly [name: string]: Plain } = {}, options: SubmitOptions = {}): Promise<JobView> {
    const answer = (await this.#call("Submit", {
      job_type: jobType,
      ...(isJson(parameters) ? { parameters_json: JSON.stringify(parameters) } : { parameters: toWireMap(parameters) }),
      summary: options.summary ?? "",
      detail: options.detail ?? "",
      idempotency_key: options.idempotencyKey ?? "",
      labels: options.labels ?? {},
      require_labels: options.requireLabels ?? {},
      require_worker: options.requireWorker ?? false,
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.retryLimit === undefined ? {} : { retry_limit: options.retryLimit }),
    })) as { job: WireJob };
    return view(answer.job);
  }

  async get(jobId: string): Promise<JobView> {
    const answer = (await this.#call("Get", { job_id: jobId, include: ["INCLUDE_PARAMETERS", "INCLUDE_RESULT"] })) as { job: WireJob };
    return view(answer.job);
  }

  async cancel(jobId: string, reason = ""): Promise<JobView> {
    return view(((await this.#call("Cancel", { job_id: jobId, reason })) as { job: WireJob }).job);
  }

  /**
   * Submits, waits, and returns the job as it ended, however it ended. An admin that goes away meanwhile is waited for, a
   * minute at most.
   */
  async runJob(jobType: string, parameters: { readonly [name: string]: Plain } = {}, options: RunJobOptions = {}): Promise<JobView> {
    const { id } = await this.submit(jobType, parameters, options);
    const places = new Map<string, number>();
    let lostAt: number | undefined;
    while (true) {
      options.signal?.throwIfAborted();
      try {
        await this.#follow(id, places, options);
        const job = await this.get(id);
        lostAt = undefined;
        if (ended.has(job.state)) return job;
      } catch (error) {
        if ((error as grpc.ServiceError).code !== grpc.status.UNAVAILABLE) throw error;
        lostAt ??= performance.now();
        if (performance.now() - lostAt > patience) throw error;
      }
      await new Promise(resolve => setTimeout(resolve, retryPause));
    }
  }

  close(): void {
    this.#over.abort(new Error("the client was closed"));
    this.#dialled?.then(client => client.close(), () => {});
  }

  /** One connection for all calls; it dials again by itself. A failure is not kept: the next call tries anew. */
  #client(): Promise<JobServiceClient> {
    this.#dialled ??= this.#dial().catch(error => {
      this.#dialled = undefined;
      throw error;
    });
    return this.#dialled;
  }

  async #dial(): Promise<JobServiceClient> {
    const { tls = {}, credentials } = this.#options;
    const { authority, secure } = await resolveAddress(this.#entry, this.#over.signal, tls);
    const root = grpc.loadPackageDefinition(jobServices) as unknown as { pluginadmin: { v1: { JobService: new (...args: unknown[]) => JobServiceClient } } };
    return new root.pluginadmin.v1.JobService(authority, credentials ?? (secure || tls.ca ? tlsCredentials(tls) : grpc.credentials.createInsecure()), {
      "grpc.enable_http_proxy": 0,
      ...(tls.serverName ? { "grpc.ssl_target_name_override": tls.serverName } : {}),
    });
  }

  #metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    const token = currentToken(this.#options);
    if (token) metadata.set("authorization", `Bearer ${token}`);
    return metadata;
  }

  /** The output of a job until it has ended; what was told before is not told again. */
  async #follow(id: string, places: Map<string, number>, options: RunJobOptions): Promise<void> {
    const call = (await this.#client()).WatchLogs({ job_id: id, follow: true }, this.#metadata());
    const onAbort = () => call.cancel();
    options.signal?.addEventListener("abort", onAbort, { once: true });
    try {
      for await (const chunk of call as AsyncIterable<WireChunk>) {
        const place = `${chunk.attempt} ${chunk.stream}`;
        const end = Number(chunk.offset) + chunk.data.length;
        const known = Math.max(0, (places.get(place) ?? 0) - Number(chunk.offset));
        if (known >= chunk.data.length) continue;
        places.set(place, end);
        options.onOutput?.(chunk.stream === "LOG_STREAM_STDERR" ? "stderr" : "stdout", chunk.data.subarray(known));
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    } finally {
      options.signal?.removeEventListener("abort", onAbort);
      call.cancel();
    }
  }

  async #call(method: "Submit" | "Get" | "Cancel", request: object): Promise<unknown> {
    const client = await this.#client();
    const metadata = this.#metadata();
    return new Promise((resolve, reject) => {
      client[method](request, metadata, { deadline: Date.now() + deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
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

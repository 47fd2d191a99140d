import type { OutputStream, Report, Reports } from "./attempt.js";
import { ManualClock } from "./clock.js";
import { ConfigReader, savedLayers } from "./config.js";
import { DetectionContext, JobContext, JobOutcome, type JobHandler, type Proposal } from "./handler.js";
import { type Plain, toWireMap } from "./values.js";
import { type ExecuteJobRequest, type RunDetectionRequest, toTime } from "./wire.js";

type Values = { readonly [name: string]: Plain };

export interface ExecuteOptions {
  /** Default test-job. */
  jobId?: string;
  /** From 1; default 1. */
  attempt?: number;
  labels?: Record<string, string>;
  /** In ms; the handler's signal is aborted when the host's clock has gone so far. */
  timeout?: number;
  /** Cancels the attempt. */
  signal?: AbortSignal;
}

export interface DetectOptions {
  /** 0 = no limit. */
  maxResults?: number;
  lastSuccessfulRun?: Date;
  sequence?: number | bigint;
  signal?: AbortSignal;
}

/** Runs a handler without an admin and without a network: for tests of handlers. */
export class HandlerTestHost {
  /** Time of the attempts; turned by hand. */
  readonly clock = new ManualClock();
  /** Saved worker values of the next call. */
  workerConfig: Values = {};
  /** Saved admin values of the next call. */
  adminConfig: Values = {};
  /** All progress, not conflated. */
  readonly progress: Report[] = [];
  /** Lines for the timeline. */
  readonly activities: { message: string; stage: string; details: Values }[] = [];

  readonly #stopping = new AbortController();
  #pieces: { stream: OutputStream; bytes: Buffer }[] = [];

  constructor(
    private readonly handler: JobHandler,
    private readonly workerId = "test-worker",
  ) {
    if (!handler.descriptor) throw new TypeError("the handler has no descriptor");
  }

  /** What was written, both streams by arrival. */
  get output(): string {
    return Buffer.concat(this.#pieces.map(piece => piece.bytes)).toString("utf8");
  }

  /** What was written to one stream. */
  outputOf(stream: OutputStream): string {
    return Buffer.concat(this.#pieces.filter(piece => piece.stream === stream).map(piece => piece.bytes)).toString("utf8");
  }

  /** Handlers are told that the worker is about to stop. */
  announceStop(): void {
    this.#stopping.abort();
  }

  /** Runs a detection to its end, or to its most results. */
  async detect(options: DetectOptions = {}): Promise<Proposal[]> {
    if (!this.handler.detect) throw new TypeError(`${this.handler.descriptor.job_type} does not detect`);
    const { maxResults = 0, lastSuccessfulRun, sequence = 1, signal = new AbortController().signal } = options;
    const request: RunDetectionRequest = {
      request_id: "test-detection",
      job_type: this.handler.descriptor.job_type,
      detection_sequence: String(sequence),
      admin_runtime: null,
      admin_config_values: toWireMap(this.adminConfig),
      worker_config_values: toWireMap(this.workerConfig),
      cluster_context: null,
      last_successful_run: lastSuccessfulRun ? toTime(lastSuccessfulRun.getTime()) : null,
      max_results: maxResults,
    };
    const context = new DetectionContext(request, this.#saved(request), this.workerId, signal, this.#stopping.signal, this.#reports());
    const proposals: Proposal[] = [];
    for await (const proposal of this.handler.detect(context)) {
      signal.throwIfAborted();
      proposals.push(proposal);
      if (maxResults > 0 && proposals.length >= maxResults) break;
    }
    return proposals;
  }

  /** Runs one attempt with these parameters, as a worker does: an exception is a failed outcome there, here it is thrown. */
  async execute(parameters: Values = {}, options: ExecuteOptions = {}): Promise<JobOutcome> {
    if (!this.handler.execute) throw new TypeError(`${this.handler.descriptor.job_type} does not execute`);
    const { jobId = "test-job", attempt = 1, labels = {}, timeout = 0, signal } = options;
    const request: ExecuteJobRequest = {
      request_id: "test-attempt",
      attempt,
      job: {
        job_id: jobId,
        job_type: this.handler.descriptor.job_type,
        dedupe_key: "",
        priority: "JOB_PRIORITY_NORMAL",
        summary: "",
        detail: "",
        parameters: toWireMap(parameters),
        labels,
        created_at: toTime(this.clock.now()),
        scheduled_at: null,
      },
      admin_runtime: null,
      admin_config_values: toWireMap(this.adminConfig),
      worker_config_values: toWireMap(this.workerConfig),
      cluster_context: null,
    };
    const cancel = new AbortController();
    const stop = (why: string) => cancel.abort(new DOMException(why, "AbortError"));
    const onAbort = () => stop("context canceled");
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    const deadline = timeout > 0 ? new Date(this.clock.now() + timeout) : undefined;
    const disarm = timeout > 0 ? this.clock.after(timeout, () => stop("timeout")) : () => {};
    try {
      const context = new JobContext(request, this.#saved(request), this.workerId, cancel.signal, this.#stopping.signal, deadline, this.#reports());
      const finding = await this.handler.validate?.(context);
      return finding ? JobOutcome.failed(finding, { permanent: true }) : await this.handler.execute(context);
    } finally {
      disarm();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #saved(request: ExecuteJobRequest | RunDetectionRequest): ConfigReader {
    return new ConfigReader(savedLayers(this.handler.descriptor, request), text => this.activities.push({ message: text, stage: "", details: {} }));
  }

  #reports(): Reports {
    return {
      report: report => void this.progress.push(report),
      output: async (stream, bytes) => void this.#pieces.push({ stream, bytes: Buffer.from(bytes) }),
      activity: (message, stage = "", details = {}) => void this.activities.push({ message, stage, details }),
    };
  }
}

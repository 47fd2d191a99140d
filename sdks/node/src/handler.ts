import type { OutputStream, Report, Reports } from "./attempt.js";
import type { ConfigReader } from "./config.js";
import type { ClusterContext, ExecuteJobRequest, JobTypeDescriptor, PreviewRequest, RunDetectionRequest, RuntimeDefaults } from "./wire.js";
import { fromTime } from "./wire.js";
import { type Plain, fromWireMap, int64 } from "./values.js";

/** One thing a detector found. */
export interface Proposal {
  /** The same for the same work: admins drop what they already have by it when there is no dedupeKey. */
  id: string;
  dedupeKey?: string;
  priority?: "low" | "normal" | "high" | "critical";
  summary?: string;
  detail?: string;
  parameters?: { readonly [name: string]: Plain };
  labels?: { readonly [name: string]: string };
  notBefore?: Date;
  expiresAt?: Date;
}

/** How an attempt ended. */
export class JobOutcome {
  private constructor(
    readonly success: boolean,
    /** Summary of a success, reason of a failure. */
    readonly text: string,
    /** Result values; at most 1 MiB together. */
    readonly outputs: { readonly [name: string]: Plain },
  ) {}

  /** Done. */
  static succeeded(summary = "", outputs: { readonly [name: string]: Plain } = {}): JobOutcome {
    return new JobOutcome(true, String(summary), outputs);
  }

  /** Not done. A permanent failure is not tried again. */
  static failed(reason: string, options: { permanent?: boolean; outputs?: { readonly [name: string]: Plain } } = {}): JobOutcome {
    return new JobOutcome(false, String(reason), { ...options.outputs, error_class: options.permanent ? "permanent" : "transient" });
  }

  /** Stopped because it was asked to. */
  static canceled(text = "context canceled", outputs: { readonly [name: string]: Plain } = {}): JobOutcome {
    return JobOutcome.failed(asCanceled(text), { outputs });
  }
}

/** Admins tell a stopped attempt from a failed one by these words, and of workers like this one only by how the text begins: a command may print them. */
export function asCanceled(text: string): string {
  return text.toLowerCase().startsWith("context canceled") ? text : `context canceled: ${text}`;
}

/** What `preview` answers: rows of text under columns. */
export interface Preview {
  columns: string[];
  rows: string[][];
  totalRows?: number;
}

/**
 * One job type: its descriptor and what to do. One object lives as long as the worker; calls come concurrently, up to the
 * worker's slots. Exceptions end the attempt or detection as failed, never the process. All handlers share one thread: a
 * handler that computes for long must do so in a `worker_threads` Worker, or no heartbeat leaves meanwhile.
 */
export interface JobHandler {
  /** The contract shown to the admin; made by DescriptorBuilder. */
  readonly descriptor: JobTypeDescriptor;
  /** Place in lists; higher first. Default 0. */
  readonly weight?: number;
  /** Running it twice at once does no harm: with the option keepWork its work outlives a lost stream on any admin. */
  readonly idempotent?: boolean;
  /** Looks for work and yields what it finds. Without it the worker does not detect this type. */
  detect?(context: DetectionContext): AsyncIterable<Proposal> | Iterable<Proposal>;
  /** Does one attempt of a job. Running it again for the same job id must be safe. Without it this type is not executed. */
  execute?(context: JobContext): Promise<JobOutcome> | JobOutcome;
  /** Asked right before execute, and to be answered within 2 s: a text is a permanent failure. */
  validate?(context: JobContext): Promise<string | undefined> | string | undefined;
  /** Asked with each heartbeat, for at most 2 s: a text is what is wrong, shown to people. */
  health?(): Promise<string | undefined> | string | undefined;
  /** Rows of an object; undefined when this handler does not know it. */
  preview?(request: PreviewRequest): Promise<Preview | undefined> | Preview | undefined;
}

/** One detection as its handler sees it. */
export class DetectionContext {
  /** @internal */
  constructor(
    /** The request as it came. */
    readonly request: RunDetectionRequest,
    /** Saved values over descriptor defaults, worker form before admin form. */
    readonly config: ConfigReader,
    readonly workerId: string,
    /** Aborted when the admin wants it to stop, its time is over, or the lease was lost. */
    readonly signal: AbortSignal,
    /** Aborted when the worker is about to stop. */
    readonly stopping: AbortSignal,
    private readonly reports: Reports,
  ) {}

  /** Most proposals that are wanted; 0 = no limit. No more than that are sent, and the iteration is ended then. */
  get maxResults(): number {
    return this.request.max_results;
  }

  /** When the last job of this type succeeded. */
  get lastSuccessfulRun(): Date | undefined {
    return this.request.last_successful_run ? fromTime(this.request.last_successful_run) : undefined;
  }

  /** Grows with each detection of this type. */
  get sequence(): number | bigint {
    return int64(this.request.detection_sequence);
  }

  /** Scheduling and limits of the type. */
  get runtime(): RuntimeDefaults {
    return this.request.admin_runtime ?? {};
  }

  /** Addresses of the cluster, when there is one. */
  get cluster(): ClusterContext | undefined {
    return this.request.cluster_context ?? undefined;
  }

  /** Says what is going on; shown on the timeline. */
  readonly report = (report: { stage?: string; message?: string }): void => this.reports.report(report);

  /** A line on the timeline. */
  readonly activity = (message: string, stage?: string, details?: { readonly [name: string]: Plain }): void => this.reports.activity(message, stage, details);
}

/** One attempt of a job as its handler sees it. */
export class JobContext {
  /** @internal */
  constructor(
    /** The request as it came. */
    readonly request: ExecuteJobRequest,
    /** As `config` without the job's parameters: what only those may decide who may save the configuration. */
    readonly saved: ConfigReader,
    readonly workerId: string,
    /** Aborted when a person cancelled it, its time is over, or its lease was lost. Stop soon. */
    readonly signal: AbortSignal,
    /** Aborted when the worker is about to stop: what can be finished within seconds may be. */
    readonly stopping: AbortSignal,
    /** When the attempt's time is over; undefined without a limit. */
    readonly deadline: Date | undefined,
    private readonly reports: Reports,
  ) {
    this.config = saved.under(request.job!.parameters);
  }

  /** Job parameters, then saved worker values, then saved admin values, then descriptor defaults. */
  readonly config: ConfigReader;

  /** The same in every attempt. */
  get jobId(): string {
    return this.request.job!.job_id;
  }

  /** Of this attempt. */
  get requestId(): string {
    return this.request.request_id;
  }

  /** From 1. */
  get attempt(): number {
    return this.request.attempt;
  }

  /** The job's parameters as plain values: integers beyond 2^53 as BigInt, bytes as Buffer, durations in ms. */
  get parameters(): Record<string, unknown> {
    return fromWireMap(this.request.job!.parameters);
  }

  get labels(): Readonly<Record<string, string>> {
    return this.request.job!.labels;
  }

  /** How far it is. Only the newest is sent, at most four times a second; the percentage never falls. */
  readonly report = (report: Report): void => this.reports.report(report);

  /**
   * Output for people, kept with the attempt. Await it, and a slow admin slows the work down, as a full pipe does; while no
   * admin takes output it waits five seconds, then no longer. Who does not await loses the beginning of what comes too fast.
   */
  readonly output = (stream: OutputStream, bytes: Uint8Array | string): Promise<void> => this.reports.output(stream, bytes);

  /** A line of output. */
  readonly writeLine = (line: string): Promise<void> => this.reports.output("stdout", `${line}\n`);

  /** A line on the timeline. */
  readonly activity = (message: string, stage?: string, details?: { readonly [name: string]: Plain }): void => this.reports.activity(message, stage, details);
}


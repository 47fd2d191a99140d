// The messages of protos/plugin.proto as this package uses them: names as in the file, absent messages null, 64-bit
// integers as decimal text (exact), enumerations by name.
import { fileURLToPath } from "node:url";
import path from "node:path";
import * as loader from "@grpc/proto-loader";

/** Folder with this package's copies of the .proto files. */
export const protoFolder = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "proto");

const options: loader.Options = { keepCase: true, longs: String, enums: String, bytes: Buffer, defaults: true, oneofs: true, includeDirs: [protoFolder] };
const plugin = loader.loadSync(path.join(protoFolder, "plugin.proto"), options);

export const jobServices = loader.loadSync(path.join(protoFolder, "job_service.proto"), options);

type Codec<T> = { serialize(value: T): Buffer; deserialize(bytes: Buffer): T };
const codec = <T>(name: string): Codec<T> => plugin[`plugin.${name}`] as unknown as Codec<T>;

export const WorkerToAdmin = codec<WorkerToAdminMessage>("WorkerToAdminMessage");
export const AdminToWorker = codec<AdminToWorkerMessage>("AdminToWorkerMessage");
export const Proposals = codec<WireProposal>("JobProposal");
export const Results = codec<{ output_values: ValueMap; summary: string }>("JobResult");
export const Values = codec<WireValue>("ConfigValue");

/** Where a worker's stream is served. */
export const streamPath = "/plugin.PluginControlService/WorkerStream";

export interface WireTime { seconds: string | number; nanos: number }

/** A ConfigValue: exactly one of these is set; `kind` names it in what was received. */
export interface WireValue {
  kind?: string;
  bool_value?: boolean;
  int64_value?: string | number;
  double_value?: number;
  string_value?: string;
  bytes_value?: Uint8Array;
  duration_value?: WireTime;
  string_list?: { values: string[] };
  int64_list?: { values: (string | number)[] };
  double_list?: { values: number[] };
  bool_list?: { values: boolean[] };
  list_value?: { values: WireValue[] };
  map_value?: { fields: ValueMap };
}

export type ValueMap = Record<string, WireValue>;

export interface RuntimeDefaults {
  enabled?: boolean;
  detection_interval_minutes?: number;
  detection_timeout_seconds?: number;
  max_jobs_per_detection?: number;
  global_execution_concurrency?: number;
  per_worker_execution_concurrency?: number;
  retry_limit?: number;
  retry_backoff_seconds?: number;
  job_type_max_runtime_seconds?: number;
  execution_timeout_seconds?: number;
}

export interface WireField {
  name: string;
  label: string;
  description?: string;
  help_text: string;
  placeholder?: string;
  field_type: string;
  widget: string;
  required?: boolean;
  read_only?: boolean;
  sensitive?: boolean;
  min_value?: WireValue;
  max_value?: WireValue;
  options: { value: string; label: string; description?: string; disabled?: boolean }[];
  validation_rules: { type: string; expression: string; error_message: string }[];
  visible_when_field?: string;
  visible_when_equals?: WireValue;
}

export interface WireForm {
  form_id: string;
  title?: string;
  description?: string;
  sections: { section_id: string; title: string; description: string; fields: WireField[] }[];
  default_values: ValueMap;
}

/** A job type's contract as the protocol carries it; made by DescriptorBuilder. */
export interface JobTypeDescriptor {
  job_type: string;
  display_name: string;
  description: string;
  icon: string;
  descriptor_version: number;
  admin_config_form?: WireForm;
  worker_config_form?: WireForm;
  admin_runtime_defaults: RuntimeDefaults;
  worker_default_values: ValueMap;
}

export interface ClusterContext {
  master_grpc_addresses: string[];
  filer_addresses: string[];
  volume_grpc_addresses: string[];
  metadata: Record<string, string>;
  s3_grpc_addresses: string[];
}

export interface JobSpec {
  job_id: string;
  job_type: string;
  dedupe_key: string;
  priority: string;
  summary: string;
  detail: string;
  parameters: ValueMap;
  labels: Record<string, string>;
  created_at: WireTime | null;
  scheduled_at: WireTime | null;
}

export interface ExecuteJobRequest {
  request_id: string;
  job: JobSpec | null;
  admin_runtime: RuntimeDefaults | null;
  admin_config_values: ValueMap;
  worker_config_values: ValueMap;
  cluster_context: ClusterContext | null;
  attempt: number;
}

export interface RunDetectionRequest {
  request_id: string;
  job_type: string;
  detection_sequence: string;
  admin_runtime: RuntimeDefaults | null;
  admin_config_values: ValueMap;
  worker_config_values: ValueMap;
  cluster_context: ClusterContext | null;
  last_successful_run: WireTime | null;
  max_results: number;
}

export interface WireProposal {
  proposal_id: string;
  dedupe_key: string;
  job_type: string;
  priority: string;
  summary: string;
  detail: string;
  parameters: ValueMap;
  labels: Record<string, string>;
  not_before?: WireTime;
  expires_at?: WireTime;
}

export interface RunningWork {
  work_id: string;
  kind: "WORK_KIND_DETECTION" | "WORK_KIND_EXECUTION";
  job_type: string;
  state: string;
  progress_percent: number;
  stage: string;
  request_id?: string;
}

export interface ActivityEvent {
  source: string;
  message: string;
  stage: string;
  details: ValueMap;
  created_at: WireTime;
}

export interface JobCompleted {
  request_id: string;
  job_id: string;
  job_type: string;
  success: boolean;
  error_message: string;
  result: { output_values: ValueMap; summary: string };
  activities?: ActivityEvent[];
  completed_at: WireTime;
}

export interface WorkerToAdminMessage {
  worker_id?: string;
  sent_at?: WireTime;
  hello?: {
    worker_id: string;
    worker_instance_id: string;
    address?: string;
    worker_version: string;
    protocol_version: string;
    capabilities: object[];
    metadata: Record<string, string>;
    running_work?: RunningWork[];
  };
  heartbeat?: object;
  acknowledge?: { request_id: string; accepted: boolean; message: string };
  config_schema_response?: { request_id: string; job_type: string; success: boolean; error_message: string; job_type_descriptor?: JobTypeDescriptor };
  detection_proposals?: { request_id: string; job_type: string; proposals: WireProposal[]; has_more: boolean };
  detection_complete?: { request_id: string; job_type: string; success: boolean; error_message: string; total_proposals: number };
  job_progress_update?: object;
  job_completed?: JobCompleted;
  object_preview_response?: { request_id: string; success: boolean; error_message: string; columns?: string[]; rows?: { values: string[] }[]; total_rows?: number };
  job_log?: { request_id: string; job_id: string; stream: string; offset: string; data: Uint8Array; sent_at: WireTime };
  pong?: { nonce: string };
}

/** Preview of an object that was observed: some of its rows. */
export interface PreviewRequest { object_id: string[]; format: string; row_limit: number }

export interface AdminToWorkerMessage {
  request_id: string;
  sent_at: WireTime | null;
  body?: string;
  hello?: { accepted: boolean; message: string; heartbeat_interval_seconds: number; reconnect_delay_seconds: number; extensions: string[] };
  request_config_schema?: { job_type: string; force_refresh: boolean };
  run_detection_request?: RunDetectionRequest;
  execute_job_request?: ExecuteJobRequest;
  cancel_request?: { target_id: string; target_kind: string; reason: string; force: boolean };
  shutdown?: { reason: string; grace_period_seconds: number };
  request_object_preview?: PreviewRequest;
  job_completed_ack?: { request_id: string; job_id: string };
  ping?: { nonce: string };
  drain?: { enabled: boolean; reason: string };
}

/** An instant, given in milliseconds since 1970. */
export function toTime(milliseconds: number): WireTime {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}

export function fromTime(time: WireTime): Date {
  return new Date(Number(time.seconds) * 1000 + time.nanos / 1e6);
}

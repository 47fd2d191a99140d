export { PluginWorker, type StopOptions } from "./worker.js";
export type { Logger, TlsFiles, WorkerOptions } from "./options.js";
export { type CloseReason, type RunResult, type SessionSnapshot, StartFailure, type StartFailureCode, type WorkerState } from "./sessions.js";
export { RestartPolicy, type RestartPolicyOptions } from "./policy.js";
export { type DetectionContext, type JobContext, type JobHandler, JobOutcome, type Preview, type Proposal } from "./handler.js";
export type { OutputStream, Report } from "./attempt.js";
export { ConfigReader, parseDuration } from "./config.js";
export { type Choice, DescriptorBuilder, type FieldBuilder, type FormBuilder, type RuntimeOptions, type SectionBuilder } from "./descriptor.js";
export { descriptorProblems } from "./descriptor-checks.js";
export { type Plain, Value, fromWire, fromWireMap, toWire } from "./values.js";
export type { JobTypeDescriptor, PreviewRequest, ValueMap, WireValue } from "./wire.js";
export { type BundleFacts, type MainOptions, bundleFacts, consoleLogger, exitCode, main, serveHealth } from "./main.js";
export {
  AdminClient, type AdminClientOptions, type CancelOptions, type GetOptions, type JobView, type OutputPiece, type RunJobOptions, type SubmitOptions, type WaitOptions, type WatchLogsOptions, runJob,
} from "./client.js";
export { type DetectOptions, type ExecuteOptions, HandlerTestHost } from "./testing.js";
export { type Clock, ManualClock } from "./clock.js";

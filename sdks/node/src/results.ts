import { cut } from "./attempt.js";
import type { JobOutcome } from "./handler.js";
import { toWireMap } from "./values.js";
import { Results, Values, type ExecuteJobRequest, type JobCompleted, type RunDetectionRequest, type WorkerToAdminMessage, toTime } from "./wire.js";

const outputsLimit = 1024 * 1024;
const worthNaming = 1024;

/** Ends an attempt. Some admins drop a completion without its job type. */
export function completion(request: ExecuteJobRequest, outcome: JobOutcome, now: number): WorkerToAdminMessage & { job_completed: JobCompleted } {
  return {
    job_completed: {
      request_id: request.request_id,
      job_id: request.job?.job_id ?? "",
      job_type: request.job?.job_type ?? "",
      success: outcome.success,
      error_message: outcome.success ? "" : cut(outcome.text),
      result: shrunk({ output_values: toWireMap(outcome.outputs), summary: outcome.success ? cut(outcome.text) : "" }),
      completed_at: toTime(now),
    },
  };
}

/** Ends a detection. */
export function detectionEnd(request: RunDetectionRequest, count: number, error: string): WorkerToAdminMessage {
  return {
    detection_complete: { request_id: request.request_id, job_type: request.job_type, success: error === "", error_message: cut(error), total_proposals: count },
  };
}

/** The largest values go first when all together are too large; what went is named. */
function shrunk(result: JobCompleted["result"]): JobCompleted["result"] {
  let size = Results.serialize(result).length;
  if (size <= outputsLimit) return result;
  const bySize = Object.entries(result.output_values).map(([name, value]) => ({ name, size: Values.serialize(value).length })).sort((a, b) => b.size - a.size);
  for (const { name } of bySize.filter(entry => entry.size > worthNaming)) {
    delete result.output_values[name];
    result.output_values[`${name}_truncated`] = { bool_value: true };
    size = Results.serialize(result).length;
    if (size <= outputsLimit) return result;
  }
  return { summary: result.summary, output_values: { outputs_truncated: { bool_value: true } } };
}

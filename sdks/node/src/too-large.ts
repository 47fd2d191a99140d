import type { WorkerToAdminMessage } from "./wire.js";

/**
 * What is said instead of a message that is larger than the transport may send: that one piece of work fails and says why. Sent as it
 * is, it would end the stream, and a kept result would end the next one too.
 */
export function instead(message: WorkerToAdminMessage, size: number, limit: number): WorkerToAdminMessage {
  const failure = { success: false, error_message: `the message with the answer has ${size} bytes and was not sent; the limit is ${limit}` };
  const { job_completed: done, detection_complete: ended, config_schema_response: schema, object_preview_response: preview, job_progress_update: update } = message;
  if (done) {
    const { request_id, job_id, job_type, completed_at } = done;
    return { job_completed: { request_id, job_id, job_type, ...failure, result: { output_values: {}, summary: "" }, completed_at } };
  }
  if (ended) return { detection_complete: { request_id: ended.request_id, job_type: ended.job_type, ...failure, total_proposals: 0 } };
  if (schema) return { config_schema_response: { request_id: schema.request_id, job_type: schema.job_type, ...failure } };
  if (preview) return { object_preview_response: { request_id: preview.request_id, ...failure } };
  if (update) return { job_progress_update: { ...update, metrics: {}, activities: [] } };
  // The others are bounded where they are made.
  return message;
}

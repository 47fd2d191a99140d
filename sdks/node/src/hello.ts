import type { Attempt } from "./attempt.js";
import type { JobHandler } from "./handler.js";
import type { Settings } from "./options.js";
import type { WorkerToAdminMessage } from "./wire.js";

/** What a worker says first. @param claimed Attempts it brings along from a session before. */
export function helloOf(
  settings: Settings, handlers: ReadonlyMap<string, JobHandler>, workerId: string, instanceId: string, claimed: readonly Attempt[],
): NonNullable<WorkerToAdminMessage["hello"]> {
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings.labels)) metadata[`label.${key}`] = value;
  for (const name of ["launch", "pool", "ordinal", "bundle", "bundle_version"]) {
    const value = settings.environment[`PLUGIN_${name.toUpperCase()}`];
    if (value) metadata[name] = value;
  }
  if (settings.extensions.length > 0) metadata["extensions"] = settings.extensions.join(",");
  return {
    worker_id: workerId,
    worker_instance_id: instanceId,
    worker_version: settings.version,
    protocol_version: "plugin.v1",
    capabilities: [...handlers.values()].map(handler => ({
      job_type: handler.descriptor.job_type,
      can_detect: Boolean(handler.detect),
      can_execute: Boolean(handler.execute),
      max_detection_concurrency: settings.detectionSlots,
      max_execution_concurrency: settings.executionSlots,
      display_name: handler.descriptor.display_name,
      description: handler.descriptor.description,
      weight: handler.weight ?? 0,
    })),
    metadata,
    ...(claimed.length > 0 ? { running_work: claimed.map(attempt => attempt.snapshot(true)) } : {}),
  };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Server.Core.Views;
using Google.Protobuf.WellKnownTypes;
using static BlazorPluginAdmin.App.Rest.WireJson;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Records → the objects of the API. Fields existing clients know are never renamed; ours come besides.</summary>
public static class ApiObjects
{
    private static readonly JsonSerializerOptions Pascal = new() { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    /// <param name="waits">Null: it does not wait, or nobody asked.</param>
    public static JsonObject Job(Job job, WaitingExplanation? waits)
    {
        var node = JsonSerializer.SerializeToNode(Job(job), Options)!.AsObject();
        node["effective_priority"] = waits?.Priority ?? job.Priority;
        if (waits?.Position is { } place)
        {
            node["queue_position"] = place;
        }

        return node;
    }

    public static object Job(Job job) => new
    {
        job_id = job.Id.Value,
        job_type = job.JobType,
        request_id = job.Attempt?.RequestId.Value ?? "",
        worker_id = job.Worker?.Value ?? "",
        state = StateName(job.State),
        progress = job.Percent,
        dedupe_key = Some(job.DedupeKey == job.Id.Value ? "" : job.DedupeKey),
        summary = Some(job.Summary),
        stage = Some(job.Stage),
        message = Some(job.Message),
        attempt = Some(job.Attempts),
        created_at = job.CreatedAt,
        updated_at = job.UpdatedAt,
        completed_at = job.CompletedAt,
        error_message = Some(job.Error),
        result_summary = Some(job.ResultSummary),
        phase = job.Phase == JobPhase.None ? null : Snake(job.Phase.ToString()),
        reason = job.Reason == JobReason.None ? null : Snake(job.Reason.ToString()),
        origin = Snake(job.Origin.ToString()),
        priority = job.Priority,
        due_at = job.DueAt,
        not_before = job.DueAt,
        expires_at = job.ExpiresAt,
        detection_id = job.Detection?.Value,
        retry_of = job.RetryOf?.Value,
        group_id = job.Group?.Id,
        group_index = job.Group?.Index,
        idempotency_key = Some(job.IdempotencyKey),
        deadline = job.Deadline,
        submitted_by = Some(job.SubmittedBy),
        started_at = job.Attempt?.StartedAt,
        exit_code = job.Attempt?.ExitCode,
        error_class = Some(job.Attempt?.ErrorClass ?? ""),
        generation = job.Attempt is { Generation: > 0 } attempt ? attempt.Generation : (long?)null,
        version = job.Version,
        attempt_timeout = job.AttemptTimeout is { } timeout ? DurationText.Format(ConfigValue.Duration.From(timeout)) : null,
        retry_limit = job.RetryLimit,
        config_version = Some(job.ConfigVersion),
    };

    public static object Group(GroupView group, bool existing) => new
    {
        group_id = group.Id,
        state = Snake(group.State.ToString()),
        total = group.Total,
        pending = group.Pending,
        running = group.Running,
        completions = group.Succeeded,
        failed = group.Failed,
        canceled = group.Canceled,
        job_ids = group.Jobs.Select(job => job.Value),
        created_at = group.CreatedAt,
        completed_at = group.CompletedAt,
        existing = existing ? true : (bool?)null,
    };

    /// <summary>A job of a list: with what it requires and why it waits, without the labels, which existing clients know of one job alone.</summary>
    public static JsonObject Listed(WaitingReasons reasons, Job job)
    {
        var waits = reasons.Explain(job);
        var node = Job(job, waits);
        AddRequired(node, job);
        if (waits is not null)
        {
            node["waiting"] = JsonSerializer.SerializeToNode(Waiting(waits), Options);
        }

        return node;
    }

    public static void AddRequired(JsonObject node, Job job)
    {
        if (DispatchPlanner.Selectors(job.Labels) is { IsEmpty: false } required)
        {
            node["require_labels"] = JsonSerializer.SerializeToNode(required);
        }
    }

    /// <summary>How an attempt ended, or how far it is.</summary>
    public static string StateOf(Attempt attempt) =>
        attempt.Outcome != AttemptOutcome.Open ? Snake(attempt.Outcome.ToString())
        : attempt.Cancel != CancelCause.None ? "canceling"
        : attempt.StartedAt is null ? "sent" : "running";

    /// <summary>Why a job waits, in short.</summary>
    public static object Reason(Waiting waiting) => new { code = waiting.Code, text = waiting.Text, subject = Some(waiting.Subject), since = waiting.Since, until = waiting.Until };

    public static object Waiting(WaitingExplanation waits) => new
    {
        code = waits.Waiting.Code,
        text = waits.Waiting.Text,
        subject = Some(waits.Waiting.Subject),
        since = waits.Waiting.Since,
        until = waits.Waiting.Until,
        expected_start_in = waits.StartsIn is { } starts ? DurationText.Format(ConfigValue.Duration.From(starts)) : null,
        checks = waits.Checks.IsEmpty ? null : waits.Checks.Select(check => new { rule = check.Rule, passed = check.Passed, judged = check.IsJudged, code = Some(check.Code), text = Some(check.Text) }),
    };

    public static object Run(Job job) => new
    {
        run_id = job.Attempt?.RequestId.Value ?? job.Id.Value,
        job_id = job.Id.Value,
        job_type = job.JobType,
        worker_id = job.Worker?.Value ?? "",
        outcome = job.State == JobState.Succeeded ? "success" : "error",
        message = Some(job.Message),
        duration_ms = job.Attempt is { EndedAt: { } ended } attempt ? (long)(ended - attempt.SentAt).TotalMilliseconds : (long?)null,
        completed_at = job.CompletedAt,
    };

    public static JsonNode Activity(Activity activity)
    {
        var node = JsonSerializer.SerializeToNode(
            new
            {
                job_id = activity.Job?.Value ?? "",
                job_type = activity.JobType,
                source = activity.Source,
                message = activity.Message,
                request_id = activity.Request?.Value,
                worker_id = activity.Worker?.Value,
                stage = Some(activity.Stage),
                occurred_at = activity.At,
                sequence = activity.Sequence,
                actor = Some(activity.Actor),
            },
            Options)!.AsObject();
        if (activity.Details.Count > 0)
        {
            // Values of workers keep their envelope, what the admin adds itself is plain.
            node["details"] = JsonNode.Parse(activity.Source is "detector" or "person" || activity.Source.StartsWith("admin", StringComparison.Ordinal)
                ? PlainJson.Write(new ConfigValue.Map(activity.Details))
                : ConfigValueJson.Write(activity.Details));
        }

        return node;
    }

    public static object Observation(Observation observation) => new
    {
        object_id = observation.ObjectId,
        object_kind = observation.Kind,
        format = observation.Format,
        attributes = JsonNode.Parse(PlainJson.Write(new ConfigValue.Map(observation.Attributes))),
        job_type = observation.JobType,
        worker_id = observation.Worker.Value,
        observed_at = observation.At,
    };

    /// <summary>PascalCase outside, snake_case inside, enums as numbers: that is how existing clients get it.</summary>
    public static JsonNode Worker(WorkerView view)
    {
        var worker = view.Worker;
        var beat = view.Session?.Heartbeat;
        return JsonSerializer.SerializeToNode(
            new Dictionary<string, object?>
            {
                ["WorkerID"] = worker.Id.Value,
                ["WorkerInstance"] = worker.InstanceId,
                ["Address"] = worker.Address,
                ["WorkerVersion"] = worker.WorkerVersion,
                ["ProtocolVersion"] = worker.ProtocolVersion,
                ["ConnectedAt"] = worker.ConnectedAt,
                ["LastSeenAt"] = worker.LastSeenAt,
                ["Capabilities"] = worker.Capabilities.ToDictionary(pair => pair.Key, pair => (object?)JsonSerializer.SerializeToNode(
                    new
                    {
                        job_type = pair.Value.JobType,
                        can_detect = Some(pair.Value.CanDetect),
                        can_execute = Some(pair.Value.CanExecute),
                        max_detection_concurrency = Some(pair.Value.MaxDetections),
                        max_execution_concurrency = Some(pair.Value.MaxExecutions),
                        display_name = Some(pair.Value.DisplayName),
                        description = Some(pair.Value.Description),
                        weight = Some(pair.Value.Weight),
                    },
                    Options)),
                ["Heartbeat"] = beat is null ? null : JsonSerializer.SerializeToNode(
                    new
                    {
                        worker_id = worker.Id.Value,
                        running_work = beat.RunningWork.Length == 0 ? null : beat.RunningWork.Select(work => new
                        {
                            work_id = work.WorkId,
                            kind = work.IsDetection ? 1 : 2,
                            job_type = work.JobType,
                            state = Some(work.State),
                            progress_percent = Some(work.Percent),
                            stage = Some(work.Stage),
                        }),
                        detection_slots_used = Some(beat.DetectionSlotsUsed),
                        detection_slots_total = Some(beat.DetectionSlotsTotal),
                        execution_slots_used = Some(beat.ExecutionSlotsUsed),
                        execution_slots_total = Some(beat.ExecutionSlotsTotal),
                        queued_jobs_by_type = beat.QueuedJobsByType.IsEmpty ? null : beat.QueuedJobsByType,
                        metadata = beat.Metadata.IsEmpty ? null : beat.Metadata,
                    },
                    Options),
                ["Health"] = Snake(worker.Health.ToString()),
                ["Draining"] = worker.Draining,
                ["Conflict"] = worker.Conflict is { } conflict ? $"{conflict.OlderAddress} and {conflict.NewerAddress} use this id" : null,
            },
            Pascal)!;
    }

    /// <param name="form">Says which parameters are secrets.</param>
    public static Wire.JobProposal WireProposal(Proposal proposal, FormSchema? form)
    {
        var wire = new Wire.JobProposal
        {
            ProposalId = proposal.ProposalId,
            DedupeKey = proposal.DedupeKey,
            JobType = proposal.JobType,
            Priority = WirePriority.ToWire(proposal.Priority),
            Summary = proposal.Summary,
            Detail = proposal.Detail,
            Labels = { proposal.Labels },
            NotBefore = Stamp(proposal.NotBefore),
            ExpiresAt = Stamp(proposal.ExpiresAt),
        };
        ConfigValueMapper.ToWire(SecretFields.Masked(form, proposal.Parameters), wire.Parameters);
        return wire;
    }

    public static JsonNode Proposal(ProposalTrace trace, FormSchema? form)
    {
        var node = Node(WireProposal(trace.Proposal, form), whole: false).AsObject();
        node["outcome"] = Snake(trace.Outcome.ToString());
        if (trace.Job is { } job)
        {
            node["existing_job_id"] = job.Value;
        }

        return node;
    }

    public static object Detection(Detection detection) => new
    {
        request_id = detection.Id.Value,
        job_type = detection.JobType,
        mode = Snake(detection.Mode.ToString()),
        status = Snake(detection.Status.ToString()),
        detector_worker_id = detection.Worker.Value,
        started_at = detection.StartedAt,
        ended_at = detection.EndedAt,
        settled_at = detection.SettledAt,
        error = Some(detection.Error),
        counts = detection.Counts,
    };

    public static string StateName(JobState state) => $"job_state_{Snake(state.ToString())}";

    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    public static Timestamp? Stamp(DateTimeOffset? at) => at is { } known ? Timestamp.FromDateTimeOffset(known) : null;

    internal static void AddValues(JsonObject node, string name, ConfigValues values)
    {
        if (values.Count > 0)
        {
            node[name] = JsonNode.Parse(ConfigValueJson.Write(values));
        }
    }
}

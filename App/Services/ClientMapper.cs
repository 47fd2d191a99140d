using System.Collections.Immutable;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Google.Protobuf.WellKnownTypes;
using CoreJob = BlazorPluginAdmin.Server.Core.Jobs.Job;
using Duration = Google.Protobuf.WellKnownTypes.Duration;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Records → messages of <c>pluginadmin.v1</c>.</summary>
internal static class ClientMapper
{
    /// <summary>What the state or a list knows of a job.</summary>
    public static V1.Job Job(CoreJob job, WaitingExplanation? waits = null)
    {
        var wire = new V1.Job
        {
            JobId = job.Id.Value,
            JobType = job.JobType,
            State = (Wire.JobState)job.State,
            Phase = job.Phase == JobPhase.None ? "" : ApiObjects.Snake(job.Phase.ToString()),
            Reason = job.Reason == JobReason.None ? "" : ApiObjects.Snake(job.Reason.ToString()),
            Origin = ApiObjects.Snake(job.Origin.ToString()),
            Priority = job.Priority,
            EffectivePriority = waits?.Priority ?? job.Priority,
            GroupId = job.Group?.Id ?? "",
            Summary = job.Summary,
            DedupeKey = job.DedupeKey == job.Id.Value ? "" : job.DedupeKey,
            CreatedAt = ApiObjects.Stamp(job.CreatedAt),
            NotBefore = ApiObjects.Stamp(job.DueAt),
            ExpiresAt = ApiObjects.Stamp(job.ExpiresAt),
            Deadline = ApiObjects.Stamp(job.Deadline),
            IdempotencyKey = job.IdempotencyKey,
            AttemptTimeout = job.AttemptTimeout is { } timeout ? Duration.FromTimeSpan(timeout) : null,
            Attempt = job.Attempts,
            WorkerId = job.Worker?.Value ?? "",
            Generation = job.Attempt?.Generation ?? 0,
            ProgressPercent = job.Percent,
            Stage = job.Stage,
            Message = job.Message,
            StartedAt = ApiObjects.Stamp(job.Attempt?.StartedAt),
            UpdatedAt = ApiObjects.Stamp(job.UpdatedAt),
            CompletedAt = ApiObjects.Stamp(job.CompletedAt),
            ErrorMessage = job.Error,
            RetryOf = job.RetryOf?.Value ?? "",
            SubmittedBy = job.SubmittedBy,
            ConfigVersion = job.ConfigVersion,
            Version = job.Version,
            ErrorClass = job.Attempt?.ErrorClass ?? "",
        };
        if (job.RetryLimit is { } retries)
        {
            wire.RetryLimit = retries;
        }

        if (job.Group is { } group)
        {
            wire.GroupIndex = group.Index;
        }

        if (job.Attempt?.ExitCode is { } exit)
        {
            wire.ExitCode = (int)Math.Clamp(exit, int.MinValue, int.MaxValue);
        }

        foreach (var (key, value) in job.Labels)
        {
            if (key.StartsWith(DispatchPlanner.Selector, StringComparison.Ordinal))
            {
                wire.RequireLabels[key[DispatchPlanner.Selector.Length..]] = value;
            }
            else
            {
                wire.Labels[key] = value;
            }
        }

        if (waits is not null)
        {
            wire.Waiting = new V1.Waiting { Code = waits.Waiting.Code, Text = waits.Waiting.Text, Subject = waits.Waiting.Subject, Since = ApiObjects.Stamp(waits.Waiting.Since), Until = ApiObjects.Stamp(waits.Waiting.Until), ExpectedStartIn = waits.StartsIn is { } starts ? Duration.FromTimeSpan(starts) : null };
            if (waits.Position is { } place)
            {
                wire.QueuePosition = place;
            }
        }

        return wire;
    }

    /// <summary>The parts that only the store has, as far as they are asked for.</summary>
    /// <param name="form">Says which parameters are secrets.</param>
    public static void Add(V1.Job wire, JobRecord record, IReadOnlyCollection<V1.Include> include, FormSchema? form)
    {
        wire.Detail = record.Payload.Detail;
        if (include.Contains(V1.Include.Parameters))
        {
            ConfigValueMapper.ToWire(SecretFields.Masked(form, record.Payload.Parameters), wire.Parameters);
        }

        if (include.Contains(V1.Include.Result) && record.Result is { } result)
        {
            wire.Result = new Wire.JobResult { Summary = result.Summary };
            ConfigValueMapper.ToWire(result.Outputs, wire.Result.OutputValues);
            if (wire.ErrorClass.Length == 0 && record.Job.State == JobState.Failed)
            {
                // Attempts that were stored before it was kept of them.
                wire.ErrorClass = result.Outputs.Find("error_class") is ConfigValue.Text kind ? kind.Value : "";
            }
        }

        if (include.Contains(V1.Include.Attempts))
        {
            wire.Attempts.AddRange(record.Attempts.Select(Attempt));
        }
    }

    public static Wire.ActivityEvent Activity(Activity activity)
    {
        var wire = new Wire.ActivityEvent { Source = SourceOf(activity), Message = activity.Message, Stage = activity.Stage, CreatedAt = ApiObjects.Stamp(activity.At) };
        ConfigValueMapper.ToWire(activity.Details, wire.Details);
        return wire;
    }

    /// <exception cref="RpcException">A label says otherwise than what is required.</exception>
    public static ImmutableSortedDictionary<string, string> Labels(IEnumerable<KeyValuePair<string, string>> labels, IEnumerable<KeyValuePair<string, string>> required)
    {
        var all = labels.ToImmutableSortedDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in required)
        {
            var selector = DispatchPlanner.Selector + name;
            if (all.TryGetValue(selector, out var other) && other != value)
            {
                throw ClientErrors.Invalid("require_labels", $"the label {Components.Shared.Words.Visible(selector)} asks for another {Components.Shared.Words.Visible(name)}");
            }

            all = all.SetItem(selector, value);
        }

        return all;
    }

    public static DateTimeOffset? At(Timestamp? at, string field)
    {
        try
        {
            return at?.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw ClientErrors.Invalid(field, $"{field} is not a time between the years 1 and 9999");
        }
    }

    public static TimeSpan? Span(Duration? span, string field)
    {
        try
        {
            return span?.ToTimeSpan();
        }
        catch (Exception exception) when (exception is InvalidOperationException or OverflowException)
        {
            throw ClientErrors.Invalid(field, $"{field} is not a duration");
        }
    }

    private static V1.Attempt Attempt(Attempt attempt)
    {
        var wire = new V1.Attempt
        {
            Number = attempt.Number,
            RequestId = attempt.RequestId.Value,
            WorkerId = attempt.Worker.Value,
            WorkerInstanceId = attempt.Instance,
            Generation = attempt.Generation,
            State = ApiObjects.StateOf(attempt),
            Reason = attempt.CancelReason,
            SentAt = ApiObjects.Stamp(attempt.SentAt),
            StartedAt = ApiObjects.Stamp(attempt.StartedAt),
            EndedAt = ApiObjects.Stamp(attempt.EndedAt),
            ErrorMessage = attempt.Error,
            ErrorClass = attempt.ErrorClass,
        };
        if (attempt.ExitCode is { } exit)
        {
            wire.ExitCode = (int)Math.Clamp(exit, int.MinValue, int.MaxValue);
        }

        return wire;
    }

    private static Wire.ActivitySource SourceOf(Activity activity) => ActivitySources.NameOf(activity) switch
    {
        "detector" => Wire.ActivitySource.Detector,
        "executor" => Wire.ActivitySource.Executor,
        _ => Wire.ActivitySource.Admin,
    };
}

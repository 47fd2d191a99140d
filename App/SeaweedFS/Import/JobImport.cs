using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>A finished execution, from <c>runs.json</c>.</summary>
internal sealed record WeedRun(string Id, string JobId, string JobType, string Worker, bool Succeeded, string Message, TimeSpan Duration, DateTimeOffset CompletedAt);

/// <summary>A job as it will be stored, with those of its attempts that runs tell of.</summary>
internal sealed record ImportedJob(Job Job, JobPayload Payload, JobResult? Result, IReadOnlyList<Attempt> Attempts, IReadOnlySet<RequestId> Runs, bool WasActive);

/// <summary>Jobs from <c>jobs/tracked_jobs.json</c>, their details from <c>jobs/job_details</c>, their attempts from the runs of all types.</summary>
internal sealed class JobImport(WeedFolder folder, ImportReport report, DateTimeOffset now)
{
    private const string Tracked = "jobs/tracked_jobs.json";
    private const string Details = "jobs/job_details";
    private const string ActiveText = "imported while active";

    public IEnumerable<ImportedJob> Jobs()
    {
        var runs = Runs().ToLookup(run => run.JobId);
        var details = folder.Names(ImportKind.Jobs, Details, folders: false).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using var tracked = Open(ImportKind.Jobs, Tracked, isList: true);
        foreach (var (entry, place) in (tracked?.RootElement.Items() ?? []).Select((entry, n) => (entry, $"{Tracked}, entry {n + 1}")))
        {
            var id = entry.Text("job_id", WireLimits.Id + 1);
            var file = $"{Uri.EscapeDataString(id)}.json";
            using var detail = details.Remove(file) ? Open(ImportKind.Jobs, $"{Details}/{file}") : null;
            var own = detail?.RootElement.Text("job_id") == id ? detail.RootElement : default;
            if (detail is not null && own.ValueKind == JsonValueKind.Undefined)
            {
                report.Skip(ImportKind.Jobs, $"{Details}/{file}", "it tells of another job");
            }

            if (id.Length > 0 && !seen.Add(id))
            {
                report.Skip(ImportKind.Jobs, place, $"an earlier entry is {id} as well");
            }
            else if (Job(place, entry, own, [.. runs[id]]) is { } job)
            {
                yield return job;
            }
        }

        // The list may be broken; each file is a job as well.
        foreach (var file in details)
        {
            using var detail = Open(ImportKind.Jobs, $"{Details}/{file}");
            var id = detail?.RootElement.Text("job_id", WireLimits.Id + 1) ?? "";
            if (detail is not null && Uri.UnescapeDataString(file[..^".json".Length]) != id)
            {
                report.Skip(ImportKind.Jobs, $"{Details}/{file}", "it tells of another job");
            }
            else if (detail is not null && seen.Add(id) && Job($"{Details}/{file}", detail.RootElement, detail.RootElement, [.. runs[id]]) is { } job)
            {
                yield return job;
            }
        }

        foreach (var group in runs.Where(group => seen.Add(group.Key)))
        {
            if (Job([.. group]) is { } job)
            {
                yield return job;
            }
        }
    }

    private IEnumerable<WeedRun> Runs()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in folder.Names(ImportKind.Runs, "job_types", folders: true).Where(type => WireLimits.IsName(type, WireLimits.JobType)))
        {
            var file = $"job_types/{type}/runs.json";
            using var runs = Open(ImportKind.Runs, file);
            foreach (var list in runs is null ? [] : (string[])["successful_runs", "error_runs"])
            {
                var n = 0;
                foreach (var entry in runs!.RootElement.Member(list).Items())
                {
                    n++;
                    var (id, job) = (entry.Text("run_id", WireLimits.Id), entry.Text("job_id", WireLimits.Id + 1));
                    if (id.Length == 0 || entry.Time("completed_at") is not { } completed)
                    {
                        report.Skip(ImportKind.Runs, $"{file}, {list}, entry {n}", "it has no run_id or no completed_at");
                    }
                    else if (!WireLimits.IsName(job, WireLimits.Id))
                    {
                        report.Skip(ImportKind.Runs, $"{file}, {list}, entry {n}", "its job_id is no name");
                    }
                    else if (seen.Add(id))
                    {
                        var duration = TimeSpan.FromMilliseconds(Math.Clamp(entry.Number("duration_ms"), 0, 1e12));
                        yield return new WeedRun(id, job, type, entry.Text("worker_id", WireLimits.WorkerId), entry.Text("outcome") == "success", entry.Text("message", WireLimits.Message), duration, completed);
                    }
                }
            }
        }
    }

    /// <summary>
    /// The list has the newest state, except where the detail knows the end and the list does not. What is large stands in the
    /// detail; older lists have it inline.
    /// </summary>
    private ImportedJob? Job(string place, JsonElement entry, JsonElement detail, List<WeedRun> runs)
    {
        var (id, type) = (entry.Text("job_id", WireLimits.Id + 1), entry.Text("job_type", WireLimits.JobType + 1));
        if (!WireLimits.IsName(id, WireLimits.Id) || !WireLimits.IsName(type, WireLimits.JobType))
        {
            report.Skip(ImportKind.Jobs, place, $"its job_id or job_type is no name: {WireLimits.NameRule}");
            return null;
        }

        var isNewer = State(entry) is null && State(detail) is not null;
        var status = isNewer ? detail : entry;
        var (state, reason) = Ended(status);
        var isActive = State(status) is null;
        var completed = isActive ? now : status.Time("completed_at") ?? status.Time("updated_at") ?? now;
        var updated = isActive || isNewer ? completed : status.Time("updated_at") ?? completed;
        var job = new Job
        {
            Id = new JobId(id),
            JobType = type,
            Origin = id.Contains("-scheduled-", StringComparison.Ordinal) ? JobOrigin.Detection : JobOrigin.Rest,
            DedupeKey = entry.Text("dedupe_key", WireLimits.DedupeKey) is { Length: > 0 } key ? key : id,
            Summary = entry.Text("summary", WireLimits.Message),
            Labels = Inline(entry, detail, "labels").Texts("labels"),
            CreatedAt = entry.Time("created_at") ?? completed,
            UpdatedAt = updated,
            DueAt = entry.Time("created_at") ?? completed,
            CompletedAt = completed,
            State = state,
            Phase = JobPhase.None,
            Reason = reason,
            Percent = Math.Clamp(status.Number("progress"), 0, 100),
            Stage = status.Text("stage"),
            Message = isActive ? ActiveText : status.Text("message", WireLimits.Message),
            Error = isActive ? ActiveText : status.Text("error_message", WireLimits.ErrorText),
            ResultSummary = isActive ? "" : status.Text("result_summary", WireLimits.Message),
        };
        var number = (int)Math.Clamp(entry.Number("attempt"), 0, 1000);
        var attempts = Attempts(job, entry.Text("request_id", WireLimits.Id), entry.Text("worker_id", WireLimits.WorkerId), number, runs);
        var outputs = Values(place, Inline(entry, detail, "result_output_values"), "result_output_values", WireLimits.ResultSize);
        return new ImportedJob(
            job with { Attempts = attempts.Count > 0 ? attempts[^1].Number : 0, Attempt = attempts.LastOrDefault() },
            new JobPayload(Inline(entry, detail, "detail").Text("detail", WireLimits.ErrorText), Values(place, Inline(entry, detail, "parameters"), "parameters", WireLimits.ParametersSize)),
            state == JobState.Succeeded || outputs.Count > 0 ? new JobResult(job.ResultSummary, outputs) : null,
            attempts,
            runs.Select(run => new RequestId(run.Id)).ToHashSet(),
            isActive);
    }

    /// <summary>A job of which only runs are left.</summary>
    private static ImportedJob Job(List<WeedRun> runs)
    {
        var last = runs.MaxBy(run => run.CompletedAt)!;
        var job = new Job
        {
            Id = new JobId(last.JobId),
            JobType = last.JobType,
            Origin = last.JobId.Contains("-scheduled-", StringComparison.Ordinal) ? JobOrigin.Detection : JobOrigin.Rest,
            DedupeKey = last.JobId,
            CreatedAt = last.CompletedAt - last.Duration,
            UpdatedAt = last.CompletedAt,
            DueAt = last.CompletedAt - last.Duration,
            CompletedAt = last.CompletedAt,
            State = last.Succeeded ? JobState.Succeeded : JobState.Failed,
            Phase = JobPhase.None,
            Reason = last.Succeeded ? JobReason.None : JobReason.Error,
            Percent = last.Succeeded ? 100 : 0,
            Stage = last.Succeeded ? "completed" : "failed",
            Message = last.Message,
            Error = last.Succeeded ? "" : last.Message,
            ResultSummary = last.Succeeded ? last.Message : "",
        };
        var attempts = Attempts(job, last.Id, last.Worker, 0, runs);
        return new ImportedJob(
            job with { Attempts = attempts[^1].Number, Attempt = attempts[^1] },
            JobPayload.Empty,
            last.Succeeded ? new JobResult(last.Message, ConfigValues.Empty) : null,
            attempts,
            runs.Select(run => new RequestId(run.Id)).ToHashSet(),
            WasActive: false);
    }

    /// <summary>An attempt for each run, and one for the request the job names; that one last.</summary>
    private static List<Attempt> Attempts(Job job, string request, string worker, int number, List<WeedRun> runs)
    {
        var attempts = runs.OrderBy(run => run.Id == request).ThenBy(run => run.CompletedAt)
            .Select(run => Attempt(run.Id, run.Worker, run.CompletedAt - run.Duration, run.CompletedAt, run.Succeeded ? AttemptOutcome.Succeeded : AttemptOutcome.Failed, run.Succeeded ? "" : run.Message))
            .ToList();
        if (request.Length > 0 && runs.All(run => run.Id != request))
        {
            attempts.Add(Attempt(request, worker, job.CreatedAt, job.CompletedAt!.Value, AttemptOutcome.Open, job.Error));
        }

        if (attempts.Count > 0)
        {
            attempts[^1] = attempts[^1] with
            {
                Outcome = job.State switch
                {
                    JobState.Succeeded => AttemptOutcome.Succeeded,
                    JobState.Canceled => AttemptOutcome.Canceled,
                    _ when job.Reason == JobReason.Timeout => AttemptOutcome.TimedOut,
                    _ => AttemptOutcome.Failed,
                },
            };
        }

        var first = Math.Max(number, attempts.Count) - attempts.Count + 1;
        return [.. attempts.Select((attempt, n) => attempt with { Number = first + n })];
    }

    private static Attempt Attempt(string request, string worker, DateTimeOffset sent, DateTimeOffset ended, AttemptOutcome outcome, string error) => new()
    {
        Number = 1,
        RequestId = new RequestId(request),
        Worker = new WorkerId(worker),
        Session = default,
        SentAt = sent,
        StartedAt = sent,
        EndedAt = ended,
        Outcome = outcome,
        Error = error,
        Timeout = TimeSpan.Zero,
        TimeoutAt = default,
    };

    /// <summary>Null while it had not ended, or when nobody can tell.</summary>
    private static JobState? State(JsonElement entry) => entry.Text("state").ToLowerInvariant() switch
    {
        "job_state_succeeded" => JobState.Succeeded,
        "job_state_failed" => JobState.Failed,
        "job_state_canceled" => JobState.Canceled,
        _ => null,
    };

    /// <summary>Nobody works on what had not ended any more, and it must not keep its twins away. A timeout they called canceled is one.</summary>
    private static (JobState State, JobReason Reason) Ended(JsonElement entry) => State(entry) switch
    {
        null => (JobState.Canceled, JobReason.Superseded),
        JobState.Canceled when entry.Text("error_message", WireLimits.ErrorText).Contains("deadline", StringComparison.OrdinalIgnoreCase) => (JobState.Failed, JobReason.Timeout),
        JobState.Failed => (JobState.Failed, JobReason.Error),
        { } state => (state, JobReason.None),
    };

    private static JsonElement Inline(JsonElement entry, JsonElement detail, string name) => detail.Member(name).ValueKind == JsonValueKind.Undefined ? entry : detail;

    private ConfigValues Values(string place, JsonElement json, string name, int most)
    {
        if (json.Values(name, most, out var error) is { } values)
        {
            return values;
        }

        report.Warn(place, string.Create(CultureInfo.InvariantCulture, $"its {name} were left out: {error}"));
        return ConfigValues.Empty;
    }

    private JsonDocument? Open(ImportKind kind, string file, bool isList = false)
    {
        var json = folder.Json(file, out var reason, isList);
        var isRight = json?.RootElement.ValueKind == (isList ? JsonValueKind.Array : JsonValueKind.Object);
        if (json is not null && !isRight)
        {
            reason = $"it is {json.RootElement.ValueKind}, not {(isList ? "a list" : "an object")}";
            json.Dispose();
        }

        if (reason.Length > 0)
        {
            report.Skip(kind, file, reason);
        }

        return isRight ? json : null;
    }
}

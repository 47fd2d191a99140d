using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>Lines of <c>activities/activities.json</c>, oldest first. They have no key but what they say.</summary>
internal sealed class ActivityImport(WeedFolder folder, ImportReport report)
{
    private const string File = "activities/activities.json";
    private const int Most = 50_000;

    public readonly record struct Key(JobId? Job, DateTimeOffset At, string Source, string Stage, string Message)
    {
        public static Key Of(Activity activity) => new(activity.Job, activity.At, activity.Source, activity.Stage, activity.Message);
    }

    /// <summary>Each line once; their sequence numbers are still to be given.</summary>
    public IReadOnlyList<Activity> Lines()
    {
        using var json = folder.Json(File, out var reason, isList: true);
        if (reason.Length > 0 || json is not null && json.RootElement.ValueKind != JsonValueKind.Array)
        {
            report.Skip(ImportKind.Activities, File, reason.Length > 0 ? reason : "it is not a list");
            return [];
        }

        var lines = new List<Activity>();
        var seen = new HashSet<Key>();
        var n = 0;
        foreach (var entry in json?.RootElement.Items() ?? [])
        {
            if (++n > Most)
            {
                report.Warn(File, string.Create(CultureInfo.InvariantCulture, $"only the first {Most} lines were read"));
                break;
            }

            if (entry.Time("occurred_at") is not { } at || entry.Text("source") is not { Length: > 0 } source)
            {
                report.Skip(ImportKind.Activities, $"{File}, entry {n}", "it has no occurred_at or no source");
                continue;
            }

            var line = Line(entry, at, source);
            if (seen.Add(Key.Of(line)))
            {
                lines.Add(line);
            }
            else
            {
                report.Skip(ImportKind.Activities, $"{File}, entry {n}", "an earlier one says the same");
            }
        }

        return lines;
    }

    private static Activity Line(JsonElement entry, DateTimeOffset at, string source)
    {
        var stage = entry.Text("stage");
        return new Activity
        {
            Sequence = 0,
            At = at,
            Source = source,
            Message = entry.Text("message", WireLimits.Message),
            Stage = stage,
            Severity = stage is "failed" ? ActivitySeverity.Bad : source == "worker_completion" ? ActivitySeverity.Good : ActivitySeverity.Normal,
            JobType = entry.Text("job_type", WireLimits.JobType),
            Job = entry.Text("job_id", WireLimits.Id) is { Length: > 0 } job ? new JobId(job) : null,
            Request = entry.Text("request_id", WireLimits.Id) is { Length: > 0 } request ? new RequestId(request) : null,
            Worker = entry.Text("worker_id", WireLimits.WorkerId) is { Length: > 0 } worker ? new WorkerId(worker) : null,
            Details = entry.Details(),
        };
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>
/// Takes over what a <c>weed admin</c> stored: all of it in one commit, or nothing. What is here already stays as it is, so
/// that it can be repeated; nothing in the source is changed.
/// </summary>
public sealed partial class WeedImport(Func<IAdminStore> open, TimeProvider time)
{
    private const int ActivityPage = 5000;

    /// <summary>Null when the directory is neither that of a <c>weed admin</c> nor a plugin folder.</summary>
    public async Task<ImportReport?> RunAsync(string directory, bool dryRun, bool replace, CancellationToken cancellationToken)
    {
        var report = new ImportReport();
        if (WeedFolder.Find(directory, report) is not { } folder)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var changes = new List<Change>();
        using (var store = open())
        {
            var here = store.Load();
            changes.AddRange(new TypeImport(folder, report, here, replace, now).Changes());
            var jobs = new JobImport(folder, report, now).Jobs().ToList();
            var lines = new ActivityImport(folder, report).Lines();
            changes.AddRange(Schedules(report, here, jobs, lines));
            var added = await JobsAsync(report, store.History, jobs, changes, now, cancellationToken);
            added.AddRange(await NewLinesAsync(report, store.History, lines, cancellationToken));
            var sequence = here.Counters.GetValueOrDefault(Counters.LastActivity);
            changes.AddRange(added.OrderBy(line => line.At).Select(line => new Change.ActivityAdded(line with { Sequence = ++sequence })));
            changes.Add(new Change.CounterSaved(Counters.LastActivity, sequence));
        }

        if (!dryRun)
        {
            Write(changes);
        }

        return report;
    }

    /// <summary>A store of its own, because loading and committing belong to one thread and the reads above wait in between.</summary>
    private void Write(List<Change> changes)
    {
        using var store = open();
        store.Load();
        store.Commit(changes);
    }

    private static async Task<List<Activity>> JobsAsync(
        ImportReport report, IAdminHistory history, List<ImportedJob> jobs, List<Change> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lines = new List<Activity>();
        foreach (var imported in jobs)
        {
            var job = imported.Job;
            if (await history.JobAsync(job.Id, cancellationToken) is { } stored)
            {
                report.Keep(ImportKind.Jobs);
                foreach (var run in imported.Runs)
                {
                    if (stored.Attempts.Any(attempt => attempt.RequestId == run))
                    {
                        report.Keep(ImportKind.Runs);
                    }
                    else
                    {
                        report.Skip(ImportKind.Runs, $"run {run}", $"job {job.Id} is here already, without it");
                    }
                }

                continue;
            }

            report.Take(ImportKind.Jobs, job.JobType, $"{job.Id}, {job.State}");
            changes.Add(new Change.JobSaved(job, imported.Payload, imported.Result));
            foreach (var attempt in imported.Attempts)
            {
                changes.Add(new Change.AttemptSaved(job.Id, attempt));
                if (imported.Runs.Contains(attempt.RequestId))
                {
                    report.Take(ImportKind.Runs, job.JobType, $"{attempt.RequestId} of {job.Id}");
                }
            }

            if (imported.WasActive)
            {
                report.Warn($"job {job.Id}", "it was active and is canceled here");
                lines.Add(new Activity { Sequence = 0, At = now, Source = "admin", Stage = "imported", Message = job.Message, Severity = ActivitySeverity.Warning, JobType = job.JobType, Job = job.Id });
            }
        }

        return lines;
    }

    private static async Task<List<Activity>> NewLinesAsync(ImportReport report, IAdminHistory history, IReadOnlyList<Activity> lines, CancellationToken cancellationToken)
    {
        var here = new HashSet<ActivityImport.Key>();
        long? before = null;
        while (true)
        {
            var page = await history.ActivitiesAsync(new ActivityFilter { Before = before, Limit = ActivityPage }, cancellationToken);
            here.UnionWith(page.Select(ActivityImport.Key.Of));
            if (page.Length < ActivityPage)
            {
                break;
            }

            before = page[^1].Sequence;
        }

        var added = new List<Activity>();
        foreach (var line in lines)
        {
            if (here.Contains(ActivityImport.Key.Of(line)))
            {
                report.Keep(ImportKind.Activities);
            }
            else
            {
                added.Add(line);
                report.Take(ImportKind.Activities, line.JobType, string.Create(CultureInfo.InvariantCulture, $"{line.At:u} {line.Source} {line.Message}"));
            }
        }

        return added;
    }

    /// <summary>When each type last detected and last succeeded; when it is due next, the schedule decides itself.</summary>
    private static IEnumerable<Change> Schedules(ImportReport report, StoredState here, List<ImportedJob> jobs, IReadOnlyList<Activity> lines)
    {
        var detected = lines.Where(line => line is { Source: "admin_scheduler", Stage: "detected", JobType.Length: > 0 }).GroupBy(line => line.JobType).ToDictionary(group => group.Key, group => group.MaxBy(line => line.At)!);
        var successes = jobs.Where(job => job.Job.State == JobState.Succeeded).GroupBy(job => job.Job.JobType).ToDictionary(group => group.Key, group => group.Max(job => job.Job.CompletedAt));
        var failures = jobs.Where(job => job.Job.State == JobState.Failed).GroupBy(job => job.Job.JobType).ToDictionary(group => group.Key, group => group.Max(job => job.Job.CompletedAt));
        foreach (var type in detected.Keys.Union(successes.Keys).Union(failures.Keys).Order(StringComparer.Ordinal))
        {
            if (here.JobTypes.Any(one => one.Name == type && one.Schedule is not null))
            {
                report.Keep(ImportKind.Schedules);
                continue;
            }

            var last = detected.GetValueOrDefault(type);
            var started = last is null ? null : lines.Where(line => line is { Source: "admin_scheduler", Stage: "detecting" } && line.JobType == type && line.At <= last.At).MaxBy(line => line.At);
            var found = last is not null && Found().Match(last.Message) is { Success: true } number && int.TryParse(number.Groups[1].ValueSpan, out var count) ? count : 0;
            report.Take(ImportKind.Schedules, type, $"{type}, {(last is null ? "never detected" : string.Create(CultureInfo.InvariantCulture, $"last detected {last.At:u}"))}");
            yield return new Change.ScheduleSaved(
                type, new ScheduleRow(null, started?.At ?? last?.At, last?.At, last is null ? "" : "success", found, "", successes.GetValueOrDefault(type), "", "", null, null) { LastErrorAt = failures.GetValueOrDefault(type) });
        }
    }

    [GeneratedRegex(@": (\d{1,9}) proposal", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Found();
}

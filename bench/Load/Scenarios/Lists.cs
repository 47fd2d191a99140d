using System.Collections.Immutable;
using System.Diagnostics;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>Pages, counts and searches over a million ended jobs, asked of the store as pages ask it.</summary>
internal sealed class Lists : IScenario
{
    private const int Jobs = 1_000_000;
    private const int Batch = 5_000;
    private const int Times = 40;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Start.AddSeconds(Jobs * 2);
    private static readonly string[] Types = ["vacuum", "volume_balance", "erasure_coding", "ec_balance", "command", "file_retention", "file_scrub", "s3_lifecycle"];

    public string Name => "lists";

    public string What => $"first pages, page 20, counts and searches with {Jobs:#,0} ended jobs; each question {Times} times";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        var data = Directory.CreateTempSubdirectory("bench-");
        try
        {
            using var store = new SqliteAdminStore(Path.Combine(data.FullName, "admin.db"));
            store.Load();
            Fill(store);
            var indexing = Stopwatch.StartNew();
            await Wait.UntilAsync(async () => (await store.History.JobsAsync(Filter("\"volume 999999 \""), CancellationToken.None)).Searched is null);
            results.Add(this, Setting, "all texts indexed after", indexing.Elapsed.TotalSeconds, "s");
            return await AskAsync(store.History, results);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static string Setting => $"{Jobs:#,0} ended jobs";

    private static JobFilter Filter(string query) => JobQuery.Parse(query).Query.Filter(Now);

    private static void Fill(SqliteAdminStore store)
    {
        for (var n = 0; n < Jobs; n += Batch)
        {
            store.Commit([.. Enumerable.Range(n, Batch).SelectMany(Changes)]);
        }
    }

    private static IEnumerable<Change> Changes(int n)
    {
        var created = Start.AddSeconds(n * 2);
        var ended = created.AddSeconds(30 + (n % 600));
        var failed = n % 50 == 0;
        var type = Types[n % Types.Length];
        var attempt = new Attempt
        {
            Number = 1,
            RequestId = new RequestId($"exec-{n:0000000}"),
            Worker = new WorkerId($"worker-{n % 40}"),
            Session = default,
            SentAt = created.AddSeconds(20),
            StartedAt = created.AddSeconds(20),
            EndedAt = ended,
            Outcome = failed ? AttemptOutcome.Failed : AttemptOutcome.Succeeded,
            Timeout = TimeSpan.FromMinutes(30),
            TimeoutAt = default,
        };
        var job = new Job
        {
            Id = new JobId($"01{n:000000000000}-{n * 7919L % 1_000_003:x6}"),
            JobType = type,
            DedupeKey = $"{type}:{n}",
            CreatedAt = created,
            UpdatedAt = ended,
            DueAt = created,
            CompletedAt = ended,
            Summary = $"Work on volume {n} of collection photos-{n % 97}",
            Labels = n % 4 == 0 ? ImmutableSortedDictionary<string, string>.Empty.Add("env", n % 8 == 0 ? "prod" : "test") : ImmutableSortedDictionary<string, string>.Empty,
            State = failed ? JobState.Failed : n % 200 == 1 ? JobState.Canceled : JobState.Succeeded,
            Phase = JobPhase.None,
            Reason = failed ? JobReason.Error : n % 200 == 1 ? JobReason.Person : JobReason.None,
            Attempts = 1,
            Attempt = attempt,
            Percent = 100,
            Error = failed ? $"rpc error: volume {n} on 10.0.{n % 250}.7:8080 does not answer within {n % 90} s" : "",
        };
        return [new Change.JobSaved(job, JobPayload.Empty, new JobResult("done", ConfigValues.Empty)), new Change.AttemptSaved(job.Id, attempt)];
    }

    private async Task<string?> AskAsync(IAdminHistory history, ResultFile results)
    {
        foreach (var order in (JobOrder[])[JobOrder.Created, JobOrder.Updated, JobOrder.Completed])
        {
            foreach (var query in (string[])["", "type:vacuum", "state:failed", "type:vacuum,ec_balance state:failed,canceled"])
            {
                foreach (var ascending in (bool[])[false, true])
                {
                    await MeasureAsync($"first page, by {order}{(ascending ? " upwards" : "")}, {(query.Length == 0 ? "all" : query)}", () => history.JobsAsync(Filter(query) with { Order = order, Ascending = ascending }, CancellationToken.None));
                }
            }
        }

        foreach (var query in (string[])["worker:worker-7", "label.env:prod", "reason:error", "worker:nobody", "created:<1d", "fp:" + Fingerprint.Of("vacuum", JobReason.Error, "rpc error: volume 1 on 10.0.1.7:8080 does not answer within 1 s")])
        {
            await MeasureAsync($"first page, {query.Split(':')[0]}:{(query.EndsWith("nobody", StringComparison.Ordinal) ? " of none" : "")}", () => history.JobsAsync(Filter(query), CancellationToken.None));
        }

        foreach (var (what, query) in ((string, string)[])[("a rare text", "\"volume 777777 \""), ("a common text", "photos"), ("a text of failed jobs", "\"does not answer\""), ("no such text", "\"no such text\""), ("a text of two letters", "zz")])
        {
            await MeasureAsync($"search, {what}", () => history.JobsAsync(Filter(query), CancellationToken.None));
        }

        foreach (var query in (string[])["", "state:failed", "worker:worker-7", "\"does not answer\""])
        {
            await MeasureAsync($"count, {(query.Length == 0 ? "all" : query)}", () => history.CountAsync(Filter(query), false, CancellationToken.None));
        }

        var seen = new HashSet<JobId>();
        string? after = null;
        var watch = Stopwatch.StartNew();
        for (var page = 0; page < 20; page++)
        {
            watch.Restart();
            var read = await history.JobsAsync(Filter("") with { After = after }, CancellationToken.None);
            after = read.Next;
            seen.UnionWith(read.Items.Select(job => job.Id));
        }

        results.Add(this, Setting, "page 20", watch.Elapsed.TotalMilliseconds, "ms");
        return seen.Count == 1000 ? null : $"20 pages had {seen.Count} different jobs";

        async Task MeasureAsync(string what, Func<Task> ask)
        {
            await ask();
            var taken = new List<double>();
            for (var n = 0; n < Times; n++)
            {
                var one = Stopwatch.StartNew();
                await ask();
                taken.Add(one.Elapsed.TotalMilliseconds);
            }

            taken.Sort();
            results.Add(this, Setting, $"{what}, p50", taken[Times / 2], "ms");
            results.Add(this, Setting, $"{what}, p95", taken[Times * 95 / 100], "ms");
        }
    }
}

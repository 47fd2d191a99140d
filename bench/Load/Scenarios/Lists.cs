using System.Diagnostics;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>Pages, counts and searches over a million ended jobs, asked of the store as pages ask it.</summary>
internal sealed class Lists : IScenario
{
    private const int Jobs = StoredJobs.Count;
    private const int Times = 40;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Start + StoredJobs.Span;

    public string Name => "lists";

    public string What => $"first pages, page 20, counts and searches with {Jobs:#,0} ended jobs; each question {Times} times";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        var data = Directory.CreateTempSubdirectory("bench-");
        try
        {
            using var store = new SqliteAdminStore(Path.Combine(data.FullName, "admin.db"));
            store.Load();
            StoredJobs.Fill(store, Start);
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

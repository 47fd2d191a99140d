using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Wire.V1;
using Change = BlazorPluginAdmin.Server.Core.Engine.Change;
using Job = BlazorPluginAdmin.Server.Core.Jobs.Job;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>Long lists are walked page by page while jobs come and end.</summary>
public sealed class PagingTests(SeededAdmin admin) : IClassFixture<SeededAdmin>
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HundredThousandJobs_WhileFiftyASecondArrive_AreEachOnTheirPage(bool ascending)
    {
        using var walked = new CancellationTokenSource();
        var arrivals = ArriveAsync(walked.Token);
        var seen = await Task.WhenAll(GrpcAsync(ascending), RestAsync(ascending));
        await walked.CancelAsync();

        Assert.True(await arrivals > 0);
        foreach (var ids in seen)
        {
            Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
            Assert.Equal(SeededAdmin.Count, ids.Count(id => id.StartsWith("seeded-", StringComparison.Ordinal)));
        }
    }

    private async Task<List<string>> GrpcAsync(bool ascending)
    {
        var ids = new List<string>();
        var request = new ListRequest { PageSize = 100, Ascending = ascending };
        do
        {
            var page = await admin.CallAsync<ListRequest, ListResponse>("JobService", "List", request);
            ids.AddRange(page.Jobs.Select(job => job.JobId));
            request.Cursor = page.NextCursor;
        }
        while (request.Cursor.Length > 0 && ids.Count < 2 * SeededAdmin.Count);

        return ids;
    }

    private async Task<List<string>> RestAsync(bool ascending)
    {
        var ids = new List<string>();
        var path = $"/api/plugin/jobs?limit=100&order=created&ascending={ascending}";
        while (path.Length > 0 && ids.Count < 2 * SeededAdmin.Count)
        {
            using var response = await admin.Http.GetAsync(new Uri(path, UriKind.Relative));
            using var page = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            ids.AddRange(page.RootElement.EnumerateArray().Select(job => job.GetProperty("job_id").GetString()!));
            path = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : "";
        }

        return ids;
    }

    private async Task<int> ArriveAsync(CancellationToken walked)
    {
        using var pace = new PeriodicTimer(Pace, TimeProvider.System);
        for (var count = 0; ; count++)
        {
            try
            {
                await pace.WaitForNextTickAsync(walked);
            }
            catch (OperationCanceledException) when (walked.IsCancellationRequested)
            {
                return count;
            }

            await admin.RunAsync("here");
        }
    }
}

/// <summary>An admin that finds a store full of ended jobs.</summary>
public sealed class SeededAdmin : ClientAdmin, IAsyncLifetime
{
    public const int Count = 100_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("seeded-").FullName;

    public SeededAdmin()
    {
        using var store = new SqliteAdminStore(Path.Combine(_folder, "admin.db"));
        store.Load();
        var start = TimeProvider.System.GetUtcNow().AddDays(-1);
        foreach (var chunk in Enumerable.Range(0, Count).Chunk(10_000))
        {
            // Three of an instant: their order is that of their ids.
            store.Commit([.. chunk.Select(n => (Change)new Change.JobSaved(Ended(n, start.AddMilliseconds(n / 3)), JobPayload.Empty, null))]);
        }
    }

    protected override AppOptions Options => base.Options with { Ephemeral = false, DataDir = _folder };

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Job Ended(int n, DateTimeOffset at) => new()
    {
        Id = new JobId($"seeded-{n}"),
        JobType = n % 2 == 0 ? "told" : "other",
        DedupeKey = $"seeded-{n}",
        State = n % 7 == 0 ? JobState.Failed : JobState.Succeeded,
        Phase = JobPhase.None,
        CreatedAt = at,
        UpdatedAt = at,
        DueAt = at,
        CompletedAt = at,
    };
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>A million ended jobs, one created every two seconds, written by the store's own writer.</summary>
internal static class StoredJobs
{
    public const int Count = 1_000_000;

    private const int Batch = 5_000;

    private static readonly string[] Types = ["vacuum", "volume_balance", "erasure_coding", "ec_balance", "command", "file_retention", "file_scrub", "s3_lifecycle"];

    /// <summary>From the first to the last.</summary>
    public static TimeSpan Span => TimeSpan.FromSeconds(2 * Count);

    /// <summary>An admin over these jobs, the newest of which ended an hour ago, measured and gone again with its data.</summary>
    /// <param name="searchable">First waits until all texts are indexed.</param>
    public static async Task<string?> UnderAdminAsync(string app, bool searchable, Func<AdminUnderTest, Task<string?>> measureAsync)
    {
        var data = Directory.CreateTempSubdirectory("bench-");
        try
        {
            using (var store = new SqliteAdminStore(Path.Combine(data.FullName, "admin.db")))
            {
                store.Load();
                Fill(store, TimeProvider.System.GetUtcNow() - Span - TimeSpan.FromHours(1));
                if (searchable)
                {
                    await Wait.UntilAsync(async () => (await store.History.JobsAsync(new JobFilter { Text = $"volume {Count - 1} " }, CancellationToken.None)).Searched is null);
                }
            }

            await using var admin = await AdminUnderTest.StartAsync(app, data.FullName);
            return await measureAsync(admin);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    /// <summary>Ends the newest at <paramref name="start"/> + <see cref="Span"/>.</summary>
    public static void Fill(SqliteAdminStore store, DateTimeOffset start)
    {
        for (var n = 0; n < Count; n += Batch)
        {
            store.Commit([.. Enumerable.Range(n, Batch).SelectMany(number => Changes(number, start))]);
        }
    }

    private static IEnumerable<Change> Changes(int n, DateTimeOffset start)
    {
        var created = start.AddSeconds(n * 2);
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
}

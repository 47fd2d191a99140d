using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Logs;

public sealed class LogRetentionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>One whose deletion a crash cut short goes at the start, one that is deleted goes then, also where the service is stopped before it ran; others stay.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_IsKeptAsLongAsItsJob(bool isStoppedAtOnce)
    {
        using var store = new InMemoryAdminStore();
        store.Load();
        store.Commit([.. ((string[])["kept", "also"]).Select(id => new Change.JobSaved(Job(id), JobPayload.Empty, null))]);
        var logs = new JobLogStore(_folder, new ManualTimeProvider());
        foreach (var id in (string[])["kept", "also", "orphan"])
        {
            await logs.AppendAsync(new JobId(id), 1, LogStream.Stdout, 0, "text"u8.ToArray(), CancellationToken.None);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "notes", "mine"));
        using var retention = new LogRetention(store, logs);
        await retention.SweepAsync(CancellationToken.None);
        Assert.False(Has("orphan"));
        Assert.True(Has("kept"));
        Assert.True(Directory.Exists(Path.Combine(_folder, "notes", "mine")));
        await retention.StartAsync(new CancellationToken(canceled: isStoppedAtOnce));
        store.Commit([new Change.JobForgotten(new JobId("also"))]);
        await retention.StopAsync(CancellationToken.None);
        Assert.False(Has("also"));
        Assert.True(Has("kept"));

        bool Has(string id) => logs.Exists(new JobId(id), 1, LogStream.Stdout);
    }

    private static Job Job(string id) => new() { Id = new JobId(id), JobType = "t", DedupeKey = id, CreatedAt = default, UpdatedAt = default, DueAt = default };
}

using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <summary>A copy of the store, and whether it would be one again.</summary>
public sealed class StoreCopyTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("copy-").FullName;
    private readonly SqliteAdminStore _store;

    public StoreCopyTests()
    {
        _store = new SqliteAdminStore(In("admin.db"));
        _store.Load();
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Copy_WhileCommitsGoOn_IsOneMoment()
    {
        // More than one stretch of the copy.
        _store.Commit([.. Enumerable.Range(0, 400).Select(n => new Change.JobSaved(Job($"j{n}"), new JobPayload(new string('x', 20_000), ConfigValues.Empty), null))]);
        _store.Commit([new Change.JobSaved(Job("done") with { State = JobState.Succeeded, Phase = JobPhase.None, CompletedAt = Start }, JobPayload.Empty, null)]);
        var shares = new List<double>();
        _store.CopyTo(
            In("copy.db"),
            share =>
            {
                shares.Add(share);
                _store.Commit([new Change.JobSaved(Job($"later-{shares.Count}"), JobPayload.Empty, null)]);
            },
            CancellationToken.None);
        Assert.True(shares.Count > 2 && shares[0] < 1 && shares[^1] == 1, string.Join(' ', shares));
        Assert.NotNull(await _store.History.JobAsync(new JobId("later-1"), CancellationToken.None));
        Assert.Equal([In("copy.db")], Directory.GetFiles(_folder, "copy*"));

        Assert.Equal(("", new StoreContents(1, 400, 1, 0)), Drill("copy.db"));
        using var restored = new SqliteAdminStore(In("copy.db"));
        Assert.Equal(400, restored.Load().OpenJobs.Length);
        Assert.Null(await restored.History.JobAsync(new JobId("later-1"), CancellationToken.None));
    }

    [Fact]
    public void Drill_OfWhatIsNoStoreAnyMore_SaysWhy_AndLeavesItAsItIs()
    {
        _store.Commit([.. Enumerable.Range(0, 200).Select(n => new Change.JobSaved(Job($"j{n}"), new JobPayload(new string('x', 5_000), ConfigValues.Empty), null))]);
        _store.CopyTo(In("copy.db"), _ => { }, CancellationToken.None);
        var whole = File.ReadAllBytes(In("copy.db"));

        File.WriteAllBytes(In("cut.db"), whole[..(whole.Length / 2)]);
        Assert.Contains("damaged", Drill("cut.db").Problem, StringComparison.Ordinal);

        // Ended jobs and payloads are not read by a start: the page is only found by looking at every one.
        var torn = whole.ToArray();
        Array.Fill(torn, (byte)0xff, whole.Length - 8_192, 8_192);
        File.WriteAllBytes(In("torn.db"), torn);
        Assert.Contains("damaged", Drill("torn.db").Problem, StringComparison.Ordinal);

        File.WriteAllBytes(In("empty.db"), []);
        Assert.Equal("it is empty", Drill("empty.db").Problem);
        File.WriteAllText(In("other.db"), new string('x', 8_192));
        Assert.Contains("not an SQLite database", Drill("other.db").Problem, StringComparison.Ordinal);
        Assert.Equal(torn, File.ReadAllBytes(In("torn.db")));
    }

    [Fact]
    public void Copy_ThatIsCalledOff_Ends()
    {
        using var off = new CancellationTokenSource();
        _store.Commit([.. Enumerable.Range(0, 400).Select(n => new Change.JobSaved(Job($"j{n}"), new JobPayload(new string('x', 20_000), ConfigValues.Empty), null))]);
        Assert.Throws<OperationCanceledException>(() => _store.CopyTo(In("copy.db"), _ => off.Cancel(), off.Token));
    }

    [Fact]
    public void StoreInMemory_HasNothingToCopy()
    {
        using var store = new InMemoryAdminStore();
        Assert.Contains("nothing to back up", Assert.Throws<StoreRefusedException>(() => store.CopyTo(In("copy.db"), _ => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(In("copy.db")));
    }

    private string In(string file) => Path.Combine(_folder, file);

    private (string Problem, StoreContents Contents) Drill(string file) =>
        StoreDrill.Run(In(file), Path.Combine(Directory.CreateDirectory(In($"drill-{file}")).FullName, "admin.db"), null, CancellationToken.None);

    private static Job Job(string id) => new() { Id = new JobId(id), JobType = "t", DedupeKey = id, CreatedAt = Start, UpdatedAt = Start, DueAt = Start };
}

using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

public sealed class SqliteAdminStoreTests : AdminStoreConformance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;
    private SqliteAdminStore _store;

    public SqliteAdminStoreTests() => _store = new SqliteAdminStore(File);

    protected override IAdminStore Store => _store;

    private string File => Path.Combine(_folder, "admin.db");

    public override void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("not a database at all, just some words that somebody put here .......................................................")]
    [InlineData("x")]
    public void ForeignFile_IsRefused_AndLeftAsItIs(string content)
    {
        System.IO.File.WriteAllText(File, content);
        var refused = Assert.Throws<StoreRefusedException>(() => _store.Load());
        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data-dir", refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void NewerFile_IsRefused()
    {
        _store.Load();
        _store.Dispose();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        _store = new SqliteAdminStore(File);
        Assert.Contains("newer version", Assert.Throws<StoreRefusedException>(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    /// <summary>Of the attempts in it nobody knows which process had them; of those that come later it is kept.</summary>
    [Fact]
    public async Task FileOfBeforeAttemptsHadProcesses_IsOpened()
    {
        _store.Dispose();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            connection.CreateFunction("fingerprint", (string type, int reason, string error) => type);
            using var command = connection.CreateCommand();
            const int Steps = 14;
            command.CommandText = string.Join(';', StoreSchema.Steps.Take(Steps))
                + $"; PRAGMA application_id = {StoreSchema.ApplicationId}; PRAGMA user_version = {Steps};"
                + "INSERT INTO attempts (job, request, sequence, number, worker, can_resume, sent, outcome, error, timeout, cancel, cancel_reason) VALUES ('j', 'r1', 1, 1, 'w', 0, 1, 0, '', 1, 0, '')";
            command.ExecuteNonQuery();
        }

        _store = new SqliteAdminStore(File);
        _store.Load();
        var next = new Attempt { Number = 2, RequestId = new RequestId("r2"), Worker = new WorkerId("w"), Session = default, Instance = "i-2", SentAt = DateTimeOffset.UnixEpoch, Timeout = TimeSpan.FromMinutes(5), TimeoutAt = default };
        _store.Commit([new Change.JobSaved(Job("j"), JobPayload.Empty, null), new Change.AttemptSaved(new JobId("j"), next)]);
        Assert.Equal(["", "i-2"], (await _store.History.JobAsync(new JobId("j"), CancellationToken.None))!.Attempts.Select(one => one.Instance));
    }

    [Fact]
    public void DamagedFile_IsRefused()
    {
        _store.Load();
        _store.Commit([.. Enumerable.Range(0, 200).Select(n => new Change.JobSaved(Job($"j{n}"), new JobPayload(new string('x', 500), ConfigValues.Empty), null))]);
        _store.Dispose();
        using (var stream = System.IO.File.OpenWrite(File))
        {
            stream.SetLength(stream.Length / 3);
        }

        _store = new SqliteAdminStore(File);
        Assert.Throws<StoreRefusedException>(() => _store.Load());
    }

    [Fact]
    public void InterruptedFirstStart_IsAFirstStart()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
        }

        Assert.Empty(_store.Load().OpenJobs);
    }

    [Fact]
    public void FullDisk_IsKnownNotDone()
    {
        _store.Load();
        _store.Commit([new Change.JobSaved(Job("before"), JobPayload.Empty, null)]);
        var pages = _store.LimitPages(0);
        var bulk = Enumerable.Range(0, 500).Select(n => new Change.JobSaved(Job($"j{n}"), new JobPayload(new string('x', 10_000), ConfigValues.Empty), null)).ToList();
        Assert.Throws<StoreUnavailableException>(() => _store.Commit(bulk));
        Assert.Null(_store.History.JobAsync(new JobId("j0"), CancellationToken.None).GetAwaiter().GetResult());
        _store.LimitPages(pages + 100_000);
        _store.Commit(bulk);
        Assert.NotNull(_store.History.JobAsync(new JobId("j499"), CancellationToken.None).GetAwaiter().GetResult());
    }

    [Fact]
    public void Commit_OnAnotherThread_IsRefused()
    {
        _store.Load();
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => _store.Commit([])));
        thread.Start();
        thread.Join();
        Assert.IsType<InvalidOperationException>(thrown);
    }

    protected override void Reopen()
    {
        _store.Dispose();
        _store = new SqliteAdminStore(File);
    }
}

using System.Collections.Immutable;
using System.Text;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <summary>Secrets never lie on the disk as they are, and lost keys lose nothing else.</summary>
public sealed class SealedStoreTests : IDisposable
{
    private const string Canary = "canary-7f3a";

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Descriptor Described = new()
    {
        JobType = "t",
        AdminForm = Form("s", Secret("pin", FieldType.Int64)),
        WorkerForm = Form("job", Secret("token", FieldType.Text), Secret("key", FieldType.Bytes), Secret("extra", FieldType.Map), new FieldSchema { Name = "url", Type = FieldType.Text }),
    };

    private static readonly ConfigValues Parameters = ConfigValues.Empty
        .With("token", new ConfigValue.Text($"{Canary} ⏎ \"größe\""))
        .With("key", new ConfigValue.Bytes([.. Encoding.UTF8.GetBytes(Canary)]))
        .With("extra", new ConfigValue.Map(ConfigValues.Empty.With("deep", new ConfigValue.TextList([Canary]))))
        .With("url", new ConfigValue.Text("https://example.org"));

    private readonly string _folder = Directory.CreateTempSubdirectory("sealed-").FullName;

    private string File => Path.Combine(_folder, "admin.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Secrets_ComeBackAsTheyWere_AndAreNowhereOnDisk()
    {
        var box = new Box();
        using var store = new SqliteAdminStore(File, box);
        store.Load();
        store.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w")), Saved("j1"), Config(1), Config(2), Proposed()]);
        Assert.DoesNotContain(Canary, OnDisk(), StringComparison.Ordinal);
        Assert.Contains("https://example.org", OnDisk(), StringComparison.Ordinal);
        Assert.Equal(Parameters, store.History.ReadPayload(new JobId("j1"))!.Parameters);
        Assert.Equal(Parameters, (await store.History.JobAsync(new JobId("j1"), CancellationToken.None))!.Payload.Parameters);
        Assert.All(await store.History.ConfigVersionsAsync("t", 9, CancellationToken.None), config => Assert.Equal((Config(1).Config.AdminValues, Parameters), (config.AdminValues, config.WorkerValues)));
        Assert.Equal(Parameters, Assert.Single(await store.History.ProposalsAsync(new RequestId("d"), 0, 9, CancellationToken.None)).Proposal.Parameters);
        Assert.Contains("t/submission/token", box.Purposes);
        Assert.Contains("t/admin/pin", box.Purposes);

        // What an earlier start learned, the next one knows: nothing is written in the clear before a worker has connected.
        store.Dispose();
        using var again = new SqliteAdminStore(File, box);
        Assert.Equal(Parameters, Assert.Single(again.Load().JobTypes).Config!.WorkerValues);
        again.Commit([Saved("j2")]);
        Assert.DoesNotContain(Canary, OnDisk(), StringComparison.Ordinal);
    }

    [Fact]
    public void Schedules_SealTheirSecrets_AndKeepWhatDoesNotOpen()
    {
        var box = new Box();
        var schedule = new JobSchedule
        {
            Id = ScheduleId.From(1),
            Spec = new ScheduleSpec("s", new ScheduleRule.Every(TimeSpan.FromHours(1), Start), new JobTemplate("t", new JobPayload("", Parameters))),
            CreatedBy = "ann",
            CreatedAt = Start,
            UpdatedBy = "ann",
            UpdatedAt = Start,
            NextAt = Start.AddHours(1),
        };
        using (var store = new SqliteAdminStore(File, box))
        {
            store.Load();
            store.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w")), new Change.JobScheduleSaved(schedule)]);
            Assert.DoesNotContain(Canary, OnDisk(), StringComparison.Ordinal);
            Assert.Contains("https://example.org", OnDisk(), StringComparison.Ordinal);
        }

        // Without the keys a run is refused and remembered, which writes the row; the secrets stay where they are.
        using (var admin = new AdminHarness(new SqliteAdminStore(File, new Box("other"))))
        {
            admin.Time.Advance(TimeSpan.FromDays(1));
            admin.Settle();
            var run = admin.State.Schedules.All[schedule.Id].Last!;
            Assert.Equal(ScheduleOutcome.Refused, run.Outcome);
            Assert.Contains("token", run.Text, StringComparison.Ordinal);
            Assert.Empty(admin.State.Jobs);
        }

        using var again = new SqliteAdminStore(File, box);
        var state = again.Load();
        Assert.Equal(Parameters, Assert.Single(state.Schedules).Spec.Template.Payload.Parameters);
        Assert.Empty(state.LostSecrets);
    }

    [Fact]
    public void TypesWithoutSecrets_AndEmptySecrets_SealNothing()
    {
        var box = new Box();
        using var store = new SqliteAdminStore(File, box);
        store.Load();
        store.Commit([new Change.DescriptorSaved(Described with { WorkerForm = null, AdminForm = null }, Start, new WorkerId("w")), Saved("j1")]);
        store.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w")), new Change.JobSaved(Job("j2"), new JobPayload("", ConfigValues.Empty.With("token", new ConfigValue.Text(""))), null)]);
        Assert.Empty(box.Purposes);
    }

    [Fact]
    public async Task OpenRowsOfBefore_AreRead_AndConfigsAreSealedAtTheNextStart()
    {
        using (var before = new SqliteAdminStore(File))
        {
            before.Load();
            before.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w")), Config(1), Config(2), Saved("j1")]);
        }

        using var store = new SqliteAdminStore(File, new Box());
        Assert.Equal(Parameters, Assert.Single(store.Load().JobTypes).Config!.WorkerValues);
        Assert.Equal(Parameters, store.History.ReadPayload(new JobId("j1"))!.Parameters);
        Assert.Equal(0, Open("SELECT count(*) FROM configs WHERE worker_sealed IS NULL OR admin_sealed IS NULL OR worker_values LIKE '%canary%'"));
        store.Commit([Saved("j1")]);
        Assert.Equal(0, Open("SELECT count(*) FROM job_payloads WHERE sealed IS NULL OR parameters LIKE '%canary%'"));
        Assert.Equal(2, (await store.History.ConfigVersionsAsync("t", 9, CancellationToken.None)).Count(config => config.WorkerValues.Equals(Parameters)));
    }

    [Fact]
    public void ConfigOfBeforeItsDescriptor_IsSealedWithIt()
    {
        using var store = new SqliteAdminStore(File, new Box());
        store.Load();
        store.Commit([Config(1)]);
        store.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w"))]);
        Assert.Equal(0, Open("SELECT count(*) FROM configs WHERE worker_values LIKE '%canary%'"));
    }

    [Fact]
    public async Task LostKeys_LoseTheSecretsAlone_AndSayWhich()
    {
        using (var before = new SqliteAdminStore(File, new Box()))
        {
            before.Load();
            before.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w")), Config(1), Saved("j1"), Proposed()]);
        }

        using var admin = new AdminHarness(new SqliteAdminStore(File, new Box("other")));
        var type = admin.State.JobTypes["t"];
        Assert.Equal(["url"], type.Config!.WorkerValues.Keys);
        Assert.Empty(type.Config.AdminValues);
        var said = admin.State.Activities.Where(activity => activity.Stage == "secrets").ToList();
        Assert.Equal(["extra", "key", "pin", "token"], said.Select(activity => activity.Message.Split(' ')[2]).Order(StringComparer.Ordinal));
        Assert.All(said, activity => Assert.Equal((ActivitySeverity.Bad, "t"), (activity.Severity, activity.JobType)));

        var payload = admin.Store.History.ReadPayload(new JobId("j1"))!;
        Assert.Equal(["url"], payload.Parameters.Keys);
        Assert.Equal(["extra", "key", "token"], payload.LostSecrets.Order(StringComparer.Ordinal));

        admin.Post(new SecretsLost(new JobId("j1"), payload.LostSecrets));
        Assert.Contains(admin.State.Activities, activity => activity.Job?.Value == "j1" && activity.Message.StartsWith("j1 runs without its ", StringComparison.Ordinal));
        Assert.Equal(["extra", "key"], LostSecrets.Repeat(new JobId("j1"), payload, ConfigValues.Empty.With("token", new ConfigValue.Text("new")))!.Fields.Select(field => field.Path).Order(StringComparer.Ordinal));
        Assert.Null(LostSecrets.Repeat(new JobId("j1"), payload, Parameters));
        Assert.Equal(["url"], Assert.Single(await admin.Store.History.ProposalsAsync(new RequestId("d"), 0, 9, CancellationToken.None)).Proposal.Parameters.Keys);
    }

    [Fact]
    public void Drill_CountsWhatWouldHaveToBeSetAgain()
    {
        using var store = new SqliteAdminStore(File, new Box());
        store.Load();
        store.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w")), Config(1)]);
        store.CopyTo(Path.Combine(_folder, "copy.db"), _ => { }, CancellationToken.None);
        Assert.DoesNotContain(Canary, OnDisk(), StringComparison.Ordinal);
        Assert.Equal([0, 4, 4], ((ISecretBox?[])[new Box(), new Box("other"), null]).Select(box => Drill(box).LostSecrets));

        Backups.StoreContents Drill(ISecretBox? box)
        {
            var (problem, contents) = StoreDrill.Run(Path.Combine(_folder, "copy.db"), Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "drill")).FullName, "admin.db"), box, CancellationToken.None);
            Assert.Equal("", problem);
            return contents;
        }
    }

    [Fact]
    public void BoxThatCannotSeal_IsAStoreThatCannotWrite()
    {
        var box = new Box();
        using var store = new SqliteAdminStore(File, box);
        store.Load();
        store.Commit([new Change.DescriptorSaved(Described, Start, new WorkerId("w"))]);
        box.Fails = true;
        Assert.Throws<StoreUnavailableException>(() => store.Commit([Saved("j1")]));
        Assert.Null(store.History.ReadPayload(new JobId("j1")));
        box.Fails = false;
        store.Commit([Saved("j1")]);
        Assert.Equal(Parameters, store.History.ReadPayload(new JobId("j1"))!.Parameters);
    }

    private static FormSchema Form(string section, params FieldSchema[] fields) => new("f", "F", "", [new SectionSchema(section, "S", "", [.. fields])], ConfigValues.Empty);

    private static FieldSchema Secret(string name, FieldType type) => new() { Name = name, Type = type, Sensitive = true };

    private static Job Job(string id) => new() { Id = new JobId(id), JobType = "t", DedupeKey = id, CreatedAt = Start, UpdatedAt = Start, DueAt = Start };

    private static Change.JobSaved Saved(string id) => new(Job(id), new JobPayload("", Parameters), null);

    private static Change.ConfigSaved Config(long version) => new(new ConfigDocument
    {
        JobType = "t",
        Version = version,
        AdminValues = ConfigValues.Empty.With("pin", new ConfigValue.Int64(7)),
        WorkerValues = Parameters,
        SavedAt = Start,
        SavedBy = "me",
    });

    private static Change.ProposalsSaved Proposed() => new(
        new RequestId("d"), [new ProposalTrace(0, new Proposal("p", "k", "t", 50, "", "", Parameters, ImmutableSortedDictionary<string, string>.Empty, null, null), ProposalOutcome.Queued, null, "")]);

    /// <summary>Everything in the folder, the write-ahead log and the index of texts among it.</summary>
    private string OnDisk() => string.Concat(Directory.GetFiles(_folder).Select(Content));

    private static string Content(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return reader.ReadToEnd().Replace(Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary)), Canary, StringComparison.Ordinal);
        }
        catch (FileNotFoundException)
        {
            // The index of texts keeps a journal for a moment.
            return "";
        }
    }

    private long Open(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Not safe, but as strict: another key or another purpose opens nothing.</summary>
    private sealed class Box(string key = "key") : ISecretBox
    {
        private readonly List<string> _purposes = [];

        public IReadOnlyList<string> Purposes => _purposes;

        public bool Fails { get; set; }

        public string Seal(string purpose, string text)
        {
            _purposes.Add(purpose);
            return Fails ? throw new StoreUnavailableException("no keys") : $"{Tag(purpose)}.{Convert.ToHexString([.. Encoding.UTF8.GetBytes(text).Select(one => (byte)(one ^ 0x55))])}";
        }

        public string? Open(string purpose, string sealedText) => sealedText.Split('.') is [var tag, var hex] && tag == Tag(purpose)
            ? Encoding.UTF8.GetString([.. Convert.FromHexString(hex).Select(one => (byte)(one ^ 0x55))])
            : null;

        private string Tag(string purpose) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{key}|{purpose}")));
    }
}

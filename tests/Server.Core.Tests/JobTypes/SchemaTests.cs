using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.JobTypes;

public sealed class SchemaTests : IDisposable
{
    private static readonly FormSchema Form = new("f", "F", "",
    [
        new SectionSchema("s", "S", "",
        [
            new FieldSchema { Name = "folder", Type = FieldType.Text, Required = true },
            new FieldSchema { Name = "days", Type = FieldType.Int64, Min = new ConfigValue.Int64(1), Max = new ConfigValue.Int64(30) },
            new FieldSchema { Name = "secret", Type = FieldType.Text, Sensitive = true },
        ]),
    ], ConfigValues.Empty.With("folder", new ConfigValue.Text("/data")).With("days", new ConfigValue.Int64(7)));

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    private JobType Echo => _admin.State.JobTypes["echo"];

    [Fact]
    public void Connect_AsksForEachType_OneAfterTheOther()
    {
        var worker = _admin.Connect(jobType: "b,a");
        Assert.Equal("a", Assert.Single(Questions(worker)).JobType);
        worker.Describe();
        Assert.Equal(["a", "b"], Questions(worker).Select(question => question.JobType));
        Assert.All(_admin.State.JobTypes.Values, type => Assert.NotNull(type.Descriptor));
    }

    [Fact]
    public void FirstDescriptor_MakesTheFirstConfig_AndNeverAnotherOne()
    {
        Described(1);
        Assert.Equal((1L, "plugin"), (Echo.Config!.Version, Echo.Config.SavedBy));
        Assert.Equal(Form.Defaults, Echo.Config.WorkerValues);
        Save(1, ("folder", new ConfigValue.Text("/mine")));
        Described(2, instance: "i-2");
        Assert.Equal((2L, "operator"), (Echo.Config.Version, Echo.Config.SavedBy));
        Assert.Equal(2u, Echo.Descriptor!.Version);
    }

    /// <summary>Whose descriptor counts, not who is there or spoke last.</summary>
    [Fact]
    public void DescribedBy_IsTheWorkerWhoseDescriptorCounts_AlsoAfterARestart()
    {
        var (one, two) = (_admin.Connect("w-1"), _admin.Connect("w-2"));
        two.Describe(change: descriptor => descriptor with { Version = 2 });
        one.Describe();
        Assert.Equal((2u, two.Id), (Echo.Descriptor!.Version, Echo.DescribedBy));
        one.Describe(change: descriptor => descriptor with { Version = 2 });
        Assert.Equal(two.Id, Echo.DescribedBy);
        two.Drop();
        _admin.Restart();
        Assert.Equal(two.Id, Echo.DescribedBy);
        _admin.Connect("w-1").Describe(change: descriptor => descriptor with { Version = 3 });
        Assert.Equal(one.Id, Echo.DescribedBy);
    }

    /// <summary>Workers that are there together may offer different things; jobs find those that have them.</summary>
    [Fact]
    public void Submissions_MayChooseWhatAnyOfTheWorkersOffers_WhoeverDescribedLast()
    {
        var (one, two) = (_admin.Connect("w-1"), _admin.Connect("w-2"));
        one.Describe(change: descriptor => Offering(descriptor, 1, "bash", "node", "-lua"));
        two.Describe(change: descriptor => Offering(descriptor, 1, "-node", "lua", "bash", "ruby"));
        Assert.Equal(["bash", "node", "lua", "ruby"], Offered());
        one.Drop();
        one = _admin.Connect("w-1", instance: "i-2");
        one.Describe(change: descriptor => Offering(descriptor, 1, "bash", "node", "-lua"));
        Assert.Equal(["bash", "node", "lua", "ruby"], Offered());
        Assert.Equal(["bash"], Echo.Descriptor!.WorkerForm!.Fields.Single(field => field.Name == "kept").Options.Select(option => option.Value));

        // A newer version says all anew, and so does the only worker that is left.
        one.Drop();
        one = _admin.Connect("w-1", instance: "i-3");
        one.Describe(change: descriptor => Offering(descriptor, 2, "bash"));
        Assert.Equal(["bash"], Offered());
        one.Drop();
        two.Drop();
        _admin.Connect("w-2", instance: "i-4").Describe(change: descriptor => Offering(descriptor, 2, "ruby"));
        Assert.Equal(["ruby"], Offered());

        IEnumerable<string> Offered() => Echo.Descriptor!.WorkerForm!.Fields.Single(field => field.Name == "by").Options.Where(option => !option.Disabled).Select(option => option.Value);

        static Descriptor Offering(Descriptor descriptor, uint version, params string[] words)
        {
            ImmutableArray<FieldOption> options = [.. words.Select(word => new FieldOption(word.TrimStart('-'), word, "", word.StartsWith('-')))];
            return descriptor with
            {
                Version = version,
                WorkerForm = new FormSchema("f", "F", "",
                [
                    new SectionSchema("job", "J", "", [new FieldSchema { Name = "by", Type = FieldType.Choice, Options = options }]),
                    new SectionSchema("all", "A", "", [new FieldSchema { Name = "kept", Type = FieldType.Choice, Options = [.. options.Where(option => option.Value == "bash")] }]),
                ], ConfigValues.Empty),
            };
        }
    }

    [Fact]
    public void OtherDescriptor_ReplacesTheStoredOne_AlsoOfTheSameVersion_AndSurvivesARestart()
    {
        Described(1);
        var worker = _admin.Connect(instance: "i-2");
        worker.Describe(change: descriptor => descriptor with { WorkerForm = Form, Description = "new words" });
        Assert.Equal("new words", Echo.Descriptor!.Description);
        _admin.Restart();
        Assert.Equal("new words", Echo.Descriptor.Description);
    }

    [Fact]
    public void OlderVersion_OfALateWorker_IsNotTakenOver()
    {
        Described(3);
        Described(2, instance: "i-2");
        Assert.Equal(3u, Echo.Descriptor!.Version);
    }

    [Fact]
    public void Refresh_AsksAgainOnlyWhenForced()
    {
        var worker = Described(1);
        Assert.Null(_admin.Send(new RefreshSchema(Actor.LocalUi, "echo", Force: false)).Value!.RequestId);
        Assert.NotNull(_admin.Send(new RefreshSchema(Actor.LocalUi, "echo", Force: true)).Value!.RequestId);
        Assert.Equal(2, Questions(worker).Count());
        worker.Drop();
        Assert.Equal(RefusalCode.Unavailable, _admin.Send(new RefreshSchema(Actor.LocalUi, "echo", Force: true)).Refusal!.Code);
    }

    [Fact]
    public void SilentProvider_IsGivenUp_AndTheNextTypeIsAskedFor()
    {
        var worker = _admin.Connect(jobType: "a,b");
        _admin.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(["a", "b"], Questions(worker).Select(question => question.JobType));
        Assert.Contains(_admin.State.Activities, activity => activity is { Stage: "schema", JobType: "a" });
    }

    [Fact]
    public void DescriptorOfATypeItDoesNotOffer_IsIgnored()
    {
        var worker = _admin.Connect();
        var question = Questions(worker).Single();
        _admin.Post(new WorkerInput.SchemaAnswered(worker.Session, question.RequestId, "echo", true, "", new Descriptor { JobType = "stolen", DisplayName = "", Version = 1 }));
        Assert.DoesNotContain("stolen", _admin.State.JobTypes.Keys);
    }

    [Fact]
    public async Task SavedConfig_WithErrors_NamesThemAllByField_AndSavesNothing()
    {
        Described(1);
        var refusal = Save(1, ("folder", new ConfigValue.Text(" ")), ("days", new ConfigValue.Int64(99))).Refusal!;
        Assert.Equal(RefusalCode.Invalid, refusal.Code);
        Assert.Equal([("worker", "folder", "required"), ("worker", "days", "max")], refusal.Fields.Select(error => (error.Form, error.Path, error.Code)));
        Assert.Equal(1, Echo.Config!.Version);
        Assert.Single(await _admin.Store.History.ConfigVersionsAsync("echo", 9, CancellationToken.None));
    }

    [Fact]
    public async Task History_KeepsEveryVersion_WithWhoWhenAndWhy_AndSecretsNotSentStay()
    {
        Described(1);
        Save(1, ("folder", new ConfigValue.Text("/a")), ("secret", new ConfigValue.Text("hunter2")));
        _admin.Advance(TimeSpan.FromHours(1));
        Save(2, ("folder", new ConfigValue.Text("/b")));
        var versions = await _admin.Store.History.ConfigVersionsAsync("echo", 9, CancellationToken.None);
        Assert.Equal([(3L, "operator", "why"), (2L, "operator", "why"), (1L, "plugin", "")], versions.Select(version => (version.Version, version.SavedBy, version.Reason)));
        Assert.Equal(TimeSpan.FromHours(1), versions[0].SavedAt - versions[1].SavedAt);
        Assert.Equal(new ConfigValue.Text("hunter2"), Echo.Config!.WorkerValues["secret"]);
        Assert.Contains("version 3", Save(2, ("folder", new ConfigValue.Text("/c"))).Refusal!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_SentWithoutAValue_IsCleared()
    {
        Described(1);
        Save(1, ("folder", new ConfigValue.Text("/a")), ("secret", new ConfigValue.Text("hunter2")));
        Save(2, ("folder", new ConfigValue.Text("/a")), ("secret", ConfigValue.None.Instance));
        Assert.Null(Echo.Config!.WorkerValues.Find("secret"));
    }

    [Fact]
    public void FormsOfTheLastSave_AreKnown_UntilAPersonSavesOrHasSeenTheNewOnes()
    {
        Described(1);
        var worker = _admin.Connect(instance: "i-2");
        worker.Describe(change: descriptor => descriptor with { WorkerForm = Form with { Title = "new" }, Version = 2 });
        _admin.Restart();
        Assert.Equal((1u, 2u), (Echo.KnownForms!.Version, Echo.Descriptor!.Version));
        Assert.True(_admin.Send(new AcceptForms(Actor.LocalUi, "echo")).IsAccepted);
        _admin.Restart();
        Assert.Equal(2u, Echo.KnownForms!.Version);
    }

    [Fact]
    public void FieldOnceSecret_StaysSecret_AlsoAfterItWasGone_UntilAPersonAgrees()
    {
        Described(1);
        Save(1, ("folder", new ConfigValue.Text("/a")), ("secret", new ConfigValue.Text("hunter2")));
        var section = Form.Sections[0];
        var open = Form with { Sections = [section with { Fields = section.Fields.SetItem(2, section.Fields[2] with { Sensitive = false }) }] };
        _admin.Connect(instance: "i-2").Describe(change: descriptor => descriptor with { Version = 2, WorkerForm = Form with { Sections = [section with { Fields = section.Fields.RemoveAt(2) }] } });
        Assert.True(Echo.Descriptor!.WorkerForm!.IsOnceSecret("secret"));
        _admin.Connect(instance: "i-3").Describe(change: descriptor => descriptor with { Version = 3, WorkerForm = open });
        _admin.Restart();
        Assert.True(Secret().IsSecret && Secret().KeptSecret);
        Assert.Equal(RefusalCode.WrongState, _admin.Send(new RevealField(Actor.LocalUi, "echo", FormKind.Worker, "folder")).Refusal!.Code);
        Assert.True(_admin.Send(new RevealField(Actor.LocalUi, "echo", FormKind.Worker, "secret")).IsAccepted);
        _admin.Connect(instance: "i-4").Describe(change: descriptor => descriptor with { Version = 4, WorkerForm = open });
        Assert.False(Secret().IsSecret);

        FieldSchema Secret() => Echo.Descriptor!.WorkerForm!.Fields.Single(field => field.Name == "secret");
    }

    private IEnumerable<Outbound.RequestSchema> Questions(FakeWorker worker) => _admin.Link.To<Outbound.RequestSchema>(worker.Session);

    private FakeWorker Described(uint version, string instance = "i-1")
    {
        var worker = _admin.Connect(instance: instance);
        worker.Describe(change: descriptor => descriptor with { WorkerForm = Form, Version = version });
        return worker;
    }

    private Reply<ConfigDocument> Save(long expected, params (string Name, ConfigValue Value)[] values) => _admin.Send(new SaveConfig(
        Actor.LocalUi, "echo", expected, ConfigValues.Empty, ConfigValues.From(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))), null, "why"));
}

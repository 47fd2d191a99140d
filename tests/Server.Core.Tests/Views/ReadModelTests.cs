using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Views;

public sealed class ReadModelTests : IDisposable
{
    private readonly AdminHarness _admin = new();
    private readonly ReadModelBuilder _builder = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void ArchivedType_IsListedApart_UntilItIsBroughtBack()
    {
        _admin.ConnectDescribed().Drop();
        Assert.Empty(Build().Archived);
        _admin.Send(new ArchiveJobType(Actor.LocalUi, "echo", true));
        var model = Build();
        Assert.Empty(model.JobTypes);
        Assert.Equal(("echo", _admin.Time.GetUtcNow()), (Assert.Single(model.Archived).Name, model.Archived[0].At));
        _admin.Send(new ArchiveJobType(Actor.LocalUi, "echo", false));
        Assert.Single(Build().JobTypes);
        Assert.Empty(Build().Archived);
    }

    [Fact]
    public void Model_IsSorted_AndItsTotalsAreTheSumOfTheTypes()
    {
        var worker = _admin.Connect(jobType: "b,a", slots: 1);
        worker.Describe();
        _admin.Connect("w-0", jobType: "c").Drop();
        _admin.Submit("b", priority: 10);
        _admin.Submit("a", priority: 10);
        var urgent = _admin.Submit("a", priority: 90);
        _admin.Submit("a", change: job => job with { NotBefore = _admin.Time.GetUtcNow().AddHours(1) });
        worker.Complete(worker.LastJob, success: false, error: "x", permanent: true);
        var model = Build();
        Assert.Equal(["a", "b", "c"], model.JobTypes.Select(type => type.Name));
        Assert.Equal(["w-1", "w-0"], model.Workers.Select(view => view.Worker.Id.Value));
        Assert.Equal((1, 1, 1, 1L), (model.Totals.Jobs.Active, model.Totals.Jobs.Queued, model.Totals.Jobs.Scheduled, model.Totals.Jobs.Failed));
        Assert.Equal(urgent.Id, Assert.Single(model.Active).Job.Id);
        Assert.Equal([null, 1, null], model.JobType("a")!.Queue.Select(view => view.QueuePosition));
        Assert.Equal([null, "no_free_slot", "not_before"], model.JobType("a")!.Queue.Select(view => view.Waiting?.Code));
        Assert.Equal(JobState.Failed, Assert.Single(model.RecentEnded).State);
        Assert.Equal(model.Activities.Select(activity => activity.Sequence).OrderDescending(), model.Activities.Select(activity => activity.Sequence));
        Assert.Equal((1, 1, 1), (model.Workers[0].ExecutionUsed, model.Workers[0].ExecutionTotal, model.Totals.WorkersDisconnected));
    }

    [Fact]
    public void TypeWithoutWorkers_StaysWhatItWas_AfterARestart()
    {
        Offer("w-1", new Capability("zz", true, true, 1, 1, "zz", "", 80)).Drop();
        Offer("w-2", new Capability("aa", false, true, 0, 1, "aa", "", 20)).Drop();
        (string, int, bool)[] known = [("zz", 80, true), ("aa", 20, false)];
        Assert.Equal(known, Build().JobTypes.Select(type => (type.Name, type.Weight, type.CanDetect)));
        _admin.Send(new ForgetWorker(Actor.LocalUi, new WorkerId("w-1")));
        _admin.Restart();
        Assert.Equal(known, new ReadModelBuilder().Build(_admin.State, _admin.Now).JobTypes.Select(type => (type.Name, type.Weight, type.CanDetect)));
    }

    [Fact]
    public void Room_IsWhatWouldStartNow()
    {
        JobTypeView Type(string name) => Build().JobType(name)!;
        var worker = _admin.Connect(jobType: "a,b", slots: 3);
        worker.Describe(new RuntimeSettings { Enabled = false, GlobalExecutionConcurrency = 3, PerWorkerExecutionConcurrency = 2 });
        Assert.Equal((2, 2), (Type("a").EffectiveLimit, Type("a").RoomNow));
        for (var n = 1; n <= 4; n++)
        {
            // As many more start as it says, and not one more.
            var room = Type("a").RoomNow;
            var jobs = worker.Jobs.Count();
            _admin.Submit("a");
            Assert.Equal(jobs + Math.Min(1, room), worker.Jobs.Count());
        }

        Assert.Equal(0, Type("a").RoomNow);
        _admin.Send(new PauseJobType(Actor.LocalUi, "b", true, "", null));
        Assert.Equal(0, Type("b").RoomNow);
        _admin.Send(new PauseJobType(Actor.LocalUi, "b", false, "", null));
        Assert.Equal(1, Type("b").RoomNow);
        _admin.Send(new DrainWorker(Actor.LocalUi, worker.Id, true, ""));
        Assert.Equal((0, 0), (Type("b").EffectiveLimit, Type("b").RoomNow));
    }

    [Fact]
    public void PartsWhoseSourceDidNotChange_AreTheSameArrays()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        var before = Build();
        _admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId("nobody"), true, ""));
        var after = Build();
        Assert.True(before.Workers == after.Workers && before.Active == after.Active && before.Activities == after.Activities && before.RecentEnded == after.RecentEnded);
        Assert.Same(before.JobTypes[0], after.JobTypes[0]);
        worker.Progress(worker.LastJob, 50);
        Assert.Equal(50, Build().Active[0].Job.Percent);
    }

    [Fact]
    public void Activities_KeepTheNewestThousand_AndTheStoreHasTheOthers()
    {
        var worker = _admin.ConnectDescribed();
        for (var n = 0; n < 500; n++)
        {
            _admin.Submit();
            worker.Complete(worker.LastJob);
        }

        var model = Build();
        Assert.Equal(1_000, model.Activities.Length);
        var older = _admin.Store.History.ActivitiesAsync(new ActivityFilter { Before = model.Activities[^1].Sequence, Limit = 1 }, CancellationToken.None).GetAwaiter().GetResult();
        Assert.Equal(model.Activities[^1].Sequence - 1, Assert.Single(older).Sequence);
    }

    private FakeWorker Offer(string id, Capability capability)
    {
        var session = _admin.NextSession();
        _admin.Post(new WorkerInput.Hello(session, new WorkerId(id), "i-1", "", "127.0.0.1:1", "1", "plugin.v1", [capability], ImmutableSortedDictionary<string, string>.Empty, []));
        return new FakeWorker(_admin, session, id, capability.JobType);
    }

    private ReadModel Build() => _builder.Build(_admin.State, new Now(_admin.Time.GetUtcNow(), _admin.Time.GetElapsedTime(0)));

    [Fact]
    public void ListsOverAllTypesAndWorkers_AreSortedOnce_AndStayTheSameWhileTheyAre()
    {
        var model = Build();
        Assert.Empty(model.Detections);
        var worker = _admin.Connect(jobType: "b,a");
        worker.Describe();
        _admin.Send(new RequestDetection(Actor.LocalUi, "a", DetectionMode.Preview));
        _admin.Advance(TimeSpan.FromSeconds(1));
        _admin.Send(new RequestDetection(Actor.LocalUi, "b", DetectionMode.Preview));
        model = Build();
        Assert.Equal(["b", "a"], model.Detections.Select(detection => detection.JobType));
        _admin.Submit("a");
        Assert.True(Build().Detections == model.Detections);
        Assert.True(Build().WorkerLabels == model.WorkerLabels);
        Assert.Equal(model.Workers.Select(view => view.Worker.WorkerVersion).Where(version => version.Length > 0).Distinct(), model.WorkerVersions);
    }
}

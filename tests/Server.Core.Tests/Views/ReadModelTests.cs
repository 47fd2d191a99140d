using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
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

    private ReadModel Build() => _builder.Build(_admin.State, new Now(_admin.Time.GetUtcNow(), _admin.Time.GetElapsedTime(0)));
}

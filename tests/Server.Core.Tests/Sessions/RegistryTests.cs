using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Sessions;

public sealed class RegistryTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void TwoProcessesWithOneId_AreSlowedDown_AndTheConflictFadesWhenOneIsLeft()
    {
        var sessions = Enumerable.Range(1, 5).Select(n => _admin.Connect(instance: $"i-{n}")).ToList();
        Assert.Equal(sessions[4].Session, Known.Session);
        Assert.Equal(4, Known.Conflict!.Replacements);
        var tooSoon = _admin.Connect(instance: "i-6");
        Assert.Equal(sessions[4].Session, Known.Session);
        Assert.Equal(SessionEndCode.Refused, _admin.Link.Closed.Single(closed => closed.Session == tooSoon.Session).End.Code);
        tooSoon.Drop();
        Assert.Equal(sessions[4].Session, Known.Session);
        _admin.Advance(TimeSpan.FromSeconds(10));
        var later = _admin.Connect(instance: "i-7");
        Assert.Equal(later.Session, Known.Session);
        for (var n = 0; n < 12; n++)
        {
            Assert.NotNull(Known.Conflict);
            _admin.Advance(TimeSpan.FromSeconds(10));
            later.Beat();
        }

        Assert.Null(Known.Conflict);
    }

    [Fact]
    public void Labels_AreWhatTheWorkerSays_AndWhereItWasPlaced()
    {
        _admin.Post(new WorkerInput.Hello(
            _admin.NextSession(), new WorkerId("w-1"), "i-1", "", "127.0.0.1:1", "1", "plugin.v1", [],
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("label.gpu", "yes").Add("label.pool", "mine").Add("label.worker_id", "x").Add("pool", "blue").Add("bundle", "tools").Add("ordinal", "3"), []));
        Assert.Equal(["bundle=tools", "gpu=yes", "pool=blue", "worker_id=w-1"], Known.Labels.Select(label => $"{label.Key}={label.Value}"));
    }

    [Fact]
    public void ProcessThatComesBack_IsNoConflict()
    {
        var first = _admin.Connect();
        first.Drop();
        _admin.Connect(instance: "i-2");
        Assert.Null(Known.Conflict);
        Assert.Equal(2, Known.Generation);
    }

    [Fact]
    public void Generation_GrowsOverARestart()
    {
        _admin.Connect();
        _admin.Restart();
        Assert.Equal((WorkerHealth.Disconnected, null), (Known.Health, Known.Session));
        _admin.Connect();
        Assert.Equal(2, Known.Generation);
    }

    [Fact]
    public void ForeignWorker_IsJudgedByItsOwnRhythm_AndNotLostBeforeTwoMinutes()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        for (var n = 0; n < 4; n++)
        {
            _admin.Advance(TimeSpan.FromSeconds(50));
            Assert.Equal(WorkerHealth.Healthy, Known.Health);
            worker.Beat();
        }

        _admin.Advance(TimeSpan.FromSeconds(149));
        Assert.Equal(WorkerHealth.Healthy, Known.Health);
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(WorkerHealth.Unhealthy, Known.Health);
        _admin.Advance(TimeSpan.FromSeconds(148));
        Assert.Equal(WorkerHealth.Unhealthy, Known.Health);
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(WorkerHealth.Disconnected, Known.Health);
    }

    [Fact]
    public void ForeignWorkerThatNeverBeats_IsLostAfterTwoMinutes()
    {
        _admin.ConnectDescribed(ours: false);
        _admin.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(WorkerHealth.Unhealthy, Known.Health);
        _admin.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(WorkerHealth.Disconnected, Known.Health);
    }

    [Fact]
    public void AnyMessage_IsASignOfLife()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit();
        for (var n = 0; n < 10; n++)
        {
            _admin.Advance(TimeSpan.FromSeconds(25));
            worker.Progress(worker.LastJob, n);
        }

        Assert.Equal(WorkerHealth.Healthy, Known.Health);
    }

    [Fact]
    public void LaterHelloOnTheSameStream_ReplacesTheCapabilities()
    {
        var worker = _admin.ConnectDescribed();
        _admin.Submit(change: job => job with { NotBefore = _admin.Time.GetUtcNow().AddSeconds(5) });
        _admin.Post(new WorkerInput.Hello(worker.Session, worker.Id, "i-1", "", "", "1", "1", [new Capability("other", true, true, 1, 2, "", "", 0)], Known.Metadata, []));
        _admin.Advance(TimeSpan.FromSeconds(6));
        Assert.Empty(worker.Jobs);
        Assert.Empty(_admin.State.JobTypes["echo"].Executors);
        Assert.Equal(worker.Session, Assert.Single(_admin.State.JobTypes["other"].Executors));
        Assert.Equal(worker.Session, Known.Session);
    }

    [Fact]
    public void ForgottenWorker_IsGone_AConnectedOneStays()
    {
        var worker = _admin.Connect();
        Assert.Equal(RefusalCode.WrongState, _admin.Send(new ForgetWorker(Actor.LocalUi, worker.Id)).Refusal!.Code);
        worker.Drop();
        Assert.True(_admin.Send(new ForgetWorker(Actor.LocalUi, worker.Id)).IsAccepted);
        _admin.Restart();
        Assert.Empty(_admin.State.Workers);
    }

    private Worker Known => _admin.State.Workers[new WorkerId("w-1")];
}

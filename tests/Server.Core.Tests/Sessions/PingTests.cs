using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Sessions;

public sealed class PingTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    /// <summary>A worker without the extension is asked for a descriptor it offers; the answer changes nothing.</summary>
    [Fact]
    public void Ping_OfAForeignWorker_IsTheTimeOfADescriptor()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        var before = _admin.State.JobTypes["echo"].Descriptor;
        Assert.True(_admin.Send(new PingWorker(Actor.LocalUi, worker.Id)).IsAccepted);
        var asked = _admin.Link.To<Outbound.RequestSchema>(worker.Session).Last();
        Assert.Equal("echo", asked.JobType);
        _admin.Advance(TimeSpan.FromMilliseconds(250));
        _admin.Post(new WorkerInput.SchemaAnswered(worker.Session, asked.RequestId, "echo", false, "no such type", null));
        Assert.Equal(TimeSpan.FromMilliseconds(250), Assert.Single(_admin.State.Sessions[worker.Session].RoundTrips));
        Assert.Same(before, _admin.State.JobTypes["echo"].Descriptor);
        Assert.DoesNotContain(_admin.State.Activities, activity => activity.Message.Contains("no descriptor", StringComparison.Ordinal));
    }

    [Fact]
    public void Pong_OfAnotherNonce_IsNoAnswer()
    {
        var session = _admin.NextSession();
        _admin.Post(new WorkerInput.Hello(session, new WorkerId("w"), "i", "", "127.0.0.1:1", "", "", [new Capability("echo", false, true, 0, 1, "", "", 0)],
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("extensions", "ping"), []));
        _admin.Send(new PingWorker(Actor.LocalUi, new WorkerId("w")));
        var ping = Assert.Single(_admin.Link.To<Outbound.Ping>(session));
        _admin.Post(new WorkerInput.Ponged(session, ping.Nonce + 1));
        Assert.Empty(_admin.State.Sessions[session].RoundTrips);
        _admin.Post(new WorkerInput.Ponged(session, ping.Nonce));
        _admin.Post(new WorkerInput.Ponged(session, ping.Nonce));
        Assert.Single(_admin.State.Sessions[session].RoundTrips);
    }

    [Fact]
    public void Ping_OfWhoIsNotThere_IsRefused()
    {
        _admin.Connect().Drop();
        Assert.Equal(RefusalCode.WrongState, _admin.Send(new PingWorker(Actor.LocalUi, new WorkerId("w-1"))).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new PingWorker(Actor.LocalUi, new WorkerId("nobody"))).Refusal!.Code);
    }

    [Fact]
    public void RefusedHellos_AreKept_AndTheSameAgainIsCounted()
    {
        for (var n = 0; n < 25; n++)
        {
            _admin.Post(new WorkerInput.SentAway(_admin.NextSession(), "", $"10.0.0.{n % 22}:{n}", "first message must be hello"));
        }

        Assert.Equal(RefusedHello.Kept, _admin.State.RefusedHellos.Length);
        Assert.Equal(("10.0.0.2:24", 1), (_admin.State.RefusedHellos[0].Address, _admin.State.RefusedHellos[0].Times));
        _admin.Post(new WorkerInput.SentAway(_admin.NextSession(), "", "10.0.0.2:99", "first message must be hello"));
        Assert.Equal(2, _admin.State.RefusedHellos[0].Times);
        _admin.Send(new AdmitWorker(Actor.LocalUi, new WorkerId("w-9"), false));
        _admin.Connect("w-9");
        Assert.Contains("denied by a person", _admin.State.RefusedHellos[0].Why, StringComparison.Ordinal);
    }
}

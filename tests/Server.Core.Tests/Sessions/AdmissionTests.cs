using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Sessions;

public sealed class AdmissionTests
{
    [Fact]
    public void WorkerNobodyApproved_IsListedAndSentAway_UntilSomebodyDoes_AlsoAfterARestart()
    {
        using var admin = new AdminHarness(options: new AdminOptions { ApproveWorkers = true });
        var refused = admin.Connect();
        Assert.Equal(SessionEndCode.NotAdmitted, admin.Link.Closed.Single(pair => pair.Session == refused.Session).End.Code);
        Assert.Empty(admin.Link.To<Outbound>(refused.Session));
        Assert.Empty(admin.State.JobTypes);
        Assert.Contains("waits for approval", admin.State.Workers[refused.Id].DisconnectReason, StringComparison.Ordinal);
        Assert.True(admin.Send(new AdmitWorker(Actor.LocalUi, refused.Id, Allowed: true)).IsAccepted);
        admin.Restart();
        Assert.Single(admin.Link.To<Outbound.Hello>(admin.Connect().Session));
    }

    [Fact]
    public void DialingAgain_WritesNothingNew()
    {
        using var admin = new AdminHarness(options: new AdminOptions { ApproveWorkers = true });
        admin.Connect();
        var lines = admin.State.LastActivity;
        var session = admin.NextSession();
        admin.Post(new WorkerInput.Hello(session, new WorkerId("w-1"), "i-2", "", "127.0.0.1:1001", "1", "plugin.v1", [], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, []));
        Assert.Equal(lines, admin.State.LastActivity);
        Assert.Contains(admin.Link.Closed, pair => pair.Session == session);
    }

    [Fact]
    public void DeniedWorker_LosesItsSessionAndItsJobs_AndStaysOut()
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed(ours: false);
        var job = admin.Submit();
        Assert.True(admin.Send(new AdmitWorker(Actor.LocalUi, worker.Id, Allowed: false, "not ours")).IsAccepted);
        Assert.Equal(SessionEndCode.NotAdmitted, admin.Link.Closed.Single().End.Code);
        Assert.Equal((JobState.Pending, AttemptOutcome.WorkerLost), (admin.State.Jobs[job.Id].State, admin.State.Jobs[job.Id].Attempt!.Outcome));
        var again = admin.Connect();
        Assert.Empty(admin.Link.To<Outbound.Hello>(again.Session));
        Assert.Contains("denied", admin.Link.Closed.Last().End.Text, StringComparison.Ordinal);
        Assert.True(admin.Send(new ForgetWorker(Actor.LocalUi, worker.Id)).IsAccepted);
        Assert.Single(admin.Link.To<Outbound.Hello>(admin.Connect().Session));
    }

    [Fact]
    public void FloodOfIds_IsListedOnlySoFar()
    {
        using var admin = new AdminHarness(options: new AdminOptions { ApproveWorkers = true });
        for (var n = 0; n < 1100; n++)
        {
            admin.Connect($"w-{n}");
        }

        Assert.Equal(1000, admin.State.Workers.Count);
        Assert.Equal(1100, admin.Link.Closed.Count);
    }
}

using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Detections;

/// <summary>Where each detector sees only what is its own, all of them are asked, and what one finds it does itself.</summary>
public sealed class EachDetectorTests : IDisposable
{
    private static readonly RuntimeSettings Hourly = new()
    {
        Enabled = true,
        DetectionIntervalMinutes = 60,
        DetectionTimeoutSeconds = 20,
        MaxJobsPerDetection = 100,
        GlobalExecutionConcurrency = 8,
        PerWorkerExecutionConcurrency = 8,
        RetryLimit = 1,
    };

    private readonly AdminHarness _admin = new();
    private readonly FakeWorker _one;
    private readonly FakeWorker _two;

    public EachDetectorTests()
    {
        _one = _admin.Connect("w-1");
        _one.Describe(Hourly, described => described with
        {
            AdminForm = new FormSchema("a", "A", "", [new SectionSchema("s", "S", "", [new FieldSchema { Name = "dispatch_detector_scope", Type = FieldType.Text }])], ConfigValues.Empty.With("dispatch_detector_scope", new ConfigValue.Text("each"))),
        });
        _two = _admin.Connect("w-2");
    }

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void AllDetectors_AreAskedOnceAnInterval_OneAfterTheOther_AndDoWhatTheyFound()
    {
        Assert.Equal(DetectorScope.Each, _admin.State.JobTypes["echo"].Dispatch.DetectorScope);
        _admin.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal((1, 0), Asked());
        var next = _admin.State.JobTypes["echo"].Schedule.NextAt;
        _one.Propose(_one.LastDetection, false, "a");
        _one.EndDetection(_one.LastDetection);
        Assert.Equal((1, 1), Asked());
        _two.Propose(_two.LastDetection, false, "b");
        _two.EndDetection(_two.LastDetection);
        Assert.Equal((1, 1), Asked());
        Assert.Null(_admin.State.JobTypes["echo"].Round);
        Assert.Equal(next, _admin.State.JobTypes["echo"].Schedule.NextAt);
        Assert.Equal(["w-1", "w-2"], _admin.State.Jobs.Values.OrderBy(job => job.DedupeKey).Select(job => job.Labels["require.worker_id"]));
        Assert.Equal(("a", "b"), (_one.LastJob.Job.DedupeKey, _two.LastJob.Job.DedupeKey));

        // The first one does not answer this time: its turn ends with its deadline.
        for (var beats = 0; beats < 183; beats++)
        {
            _one.Beat();
            _two.Beat();
            _admin.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal((2, 2), Asked());
    }

    [Fact]
    public void OneThatFailsOrGoes_DoesNotKeepTheOthersFromBeingAsked()
    {
        var three = _admin.Connect("w-3");
        _admin.Advance(TimeSpan.FromSeconds(6));
        var next = _admin.State.JobTypes["echo"].Schedule.NextAt;
        _two.Drop();
        _one.EndDetection(_one.LastDetection, success: false, error: "no disk");
        Assert.Single(_admin.Link.To<Outbound.RunDetection>(three.Session));
        three.Drop();
        Assert.Null(_admin.State.JobTypes["echo"].ActiveDetection);
        _admin.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((1, 0), Asked());
        Assert.Equal(next, _admin.State.JobTypes["echo"].Schedule.NextAt);
    }

    [Fact]
    public void RunByHand_AndALook_AskAll_ATestAsksOne_AndACancelEndsTheRound()
    {
        var run = _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).Value!;
        Assert.Equal((1, 0), Asked());
        _one.EndDetection(_one.LastDetection);
        Assert.Equal((1, 1), Asked());
        _two.EndDetection(_two.LastDetection);
        Assert.NotEqual(run.Id, _two.LastDetection.RequestId);

        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Preview));
        Assert.Equal((2, 1), Asked());
        _one.Propose(_one.LastDetection, false, "a");
        _one.EndDetection(_one.LastDetection);
        Assert.Equal((2, 2), Asked());
        _two.EndDetection(_two.LastDetection);
        Assert.Equal((2, 2), Asked());
        Assert.Empty(_admin.State.Jobs);
        Assert.Null(_admin.State.JobTypes["echo"].Round);

        _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Test, Override: new ConfigOverride(ConfigValues.Empty, ConfigValues.Empty)));
        Assert.Equal(5, Asked().One + Asked().Two);
        (_one.LastDetection.Sequence > _two.LastDetection.Sequence ? _one : _two).EndDetection((_one.LastDetection.Sequence > _two.LastDetection.Sequence ? _one : _two).LastDetection);
        Assert.Equal(5, Asked().One + Asked().Two);

        var again = _admin.Send(new RequestDetection(Actor.LocalUi, "echo", DetectionMode.Run)).Value!;
        _admin.Send(new CancelDetection(Actor.LocalUi, again.Id, ""));
        Assert.Equal(6, Asked().One + Asked().Two);
        Assert.Null(_admin.State.JobTypes["echo"].Round);
    }

    [Fact]
    public void RestartInTheMiddle_BeginsANewRound()
    {
        _admin.Advance(TimeSpan.FromSeconds(6));
        _admin.Restart();
        var (one, two) = (_admin.Connect("w-1"), _admin.Connect("w-2"));
        _admin.Advance(TimeSpan.FromSeconds(10));
        one.EndDetection(one.LastDetection);
        Assert.Single(_admin.Link.To<Outbound.RunDetection>(two.Session));
    }

    private (int One, int Two) Asked() => (_admin.Link.To<Outbound.RunDetection>(_one.Session).Count(), _admin.Link.To<Outbound.RunDetection>(_two.Session).Count());
}

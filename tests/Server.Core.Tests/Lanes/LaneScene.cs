using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Lanes;

/// <summary>
/// A serialised lane "volumes" with the types "a" and "b" and the exclusive "script", a free lane with "free", and the general one.
/// One worker does everything.
/// </summary>
public sealed class LaneScene : IDisposable
{
    public static readonly RuntimeSettings Runtime = new()
    {
        Enabled = true,
        DetectionIntervalMinutes = 30,
        DetectionTimeoutSeconds = 60,
        MaxJobsPerDetection = 100,
        GlobalExecutionConcurrency = 1,
        PerWorkerExecutionConcurrency = 4,
        JobTypeMaxRuntimeSeconds = 1800,
        ExecutionTimeoutSeconds = 36_000,
        RetryBackoffSeconds = 10,
    };

    public static readonly LaneSettings Settings = new()
    {
        Lanes = [new LaneRules("volumes") { Serialise = true, ClusterLock = true }, new LaneRules("apart"), new LaneRules(LaneSettings.General)],
        Types = ImmutableDictionary.CreateRange(new Dictionary<string, TypeRules>
        {
            ["a"] = new() { Lane = "volumes", Supersedes = true, Gated = true, NeedsCluster = true },
            ["b"] = new() { Lane = "volumes", Gated = true, NeedsCluster = true },
            ["script"] = new() { Lane = "volumes", Gated = true, Exclusive = true, NeedsCluster = true, ErrorsCountAsRuns = true },
            ["free"] = new() { Lane = "apart", Rate = new RateShare("rate", "burst", "free.rate", "free.burst") },
        }),
    };

    /// <param name="types">With commas between them; those not named here are in the general lane.</param>
    /// <param name="watched">A cluster is there: its addresses known, its lock free, this admin its scheduler.</param>
    public LaneScene(string types, bool watched = false, RuntimeSettings? runtime = null)
    {
        Admin = new AdminHarness(options: new AdminOptions { Lanes = Settings, WatchesCluster = watched });
        Worker = Admin.ConnectDescribed(jobType: types, slots: 8, runtime: runtime ?? Runtime);
        if (watched)
        {
            Admin.Post(new ClusterInput.Presence(""));
            Admin.Post(new ClusterInput.Looked(new ClusterReport(new ClusterContext { MasterGrpcAddresses = ["m:9333"] }, "", Admin.Time.GetUtcNow())));
        }
    }

    public AdminHarness Admin { get; }

    public FakeWorker Worker { get; }

    public LaneTurn Turn => Admin.State.Lanes.TurnOf("volumes");

    public IEnumerable<Outbound.RunDetection> Detections(string jobType) => Admin.Link.To<Outbound.RunDetection>(Worker.Session).Where(run => run.JobType == jobType);

    public IEnumerable<Outbound.ExecuteJob> Sent(string jobType) => Worker.Jobs.Where(job => job.Job.JobType == jobType);

    /// <summary>The detection under way proposes these and ends.</summary>
    public void Found(string jobType, params string[] keys)
    {
        var run = Detections(jobType).Last();
        if (keys.Length > 0)
        {
            Worker.Propose(run, false, keys);
        }

        Worker.EndDetection(run);
    }

    public void Finish(string jobType) => Worker.Complete(Sent(jobType).Last());

    /// <summary>Time goes by, and the worker is heard in time.</summary>
    public void Wait(double seconds)
    {
        for (var left = seconds; left > 0; left -= 10)
        {
            Admin.Advance(TimeSpan.FromSeconds(Math.Min(left, 10)));
            Worker.Beat([.. Admin.State.Sessions[Worker.Session].Held.Select(held =>
                new RunningWork(held.Value.Value, false, Admin.State.Jobs[held.Value].JobType, 0, "", held.Key))]);
        }
    }

    public void Dispose() => Admin.Dispose();
}

using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Tests.Lanes;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Clusters;

public sealed class ClusterTests
{
    private static readonly ClusterContext Known = new() { MasterGrpcAddresses = ["m:9333"], FilerAddresses = ["f:8888.18888"] };

    [Fact]
    public void WithoutACluster_OnlyTheSourceIsSaid()
    {
        using var admin = new AdminHarness();
        var worker = admin.ConnectDescribed();
        admin.Submit();
        Assert.True(worker.LastJob.Cluster.IsSame(ClusterContext.Empty.Stamped()));
        Assert.Equal("admin", worker.LastJob.Cluster.Metadata["source"]);
    }

    [Fact]
    public void WhatACallerGives_StaysWithHisJob_AndIsFilledFromTheSettings()
    {
        using var admin = new AdminHarness();
        Assert.True(admin.Send(new SaveClusterSettings(Actor.LocalUi, new ClusterSettings { Context = Known })).IsAccepted);
        var given = new ClusterContext { FilerAddresses = ["mine:1"] };
        admin.ConnectDescribed().Drop();
        var job = admin.Submit(change: command => command with { Cluster = given });
        admin.Restart();
        var worker = admin.Connect();
        var sent = worker.Jobs.Single(sent => sent.Job.Id == job.Id);
        Assert.Equal("mine:1", Assert.Single(sent.Cluster.FilerAddresses));
        Assert.Equal("m:9333", Assert.Single(sent.Cluster.MasterGrpcAddresses));
    }

    [Fact]
    public void WhatACallerOfARunGives_GoesOutWithItsJobsToo()
    {
        using var scene = new LaneScene("free", runtime: LaneScene.Runtime with { Enabled = false });
        scene.Admin.Send(new RequestDetection(Actor.LocalRest, "free", DetectionMode.Run, Cluster: new ClusterContext { S3GrpcAddresses = ["s3:1"] }));
        scene.Found("free", "1");
        Assert.Equal("s3:1", Assert.Single(scene.Detections("free").Single().Cluster.S3GrpcAddresses));
        Assert.Equal("s3:1", Assert.Single(scene.Sent("free").Single().Cluster.S3GrpcAddresses));
    }

    [Theory]
    [InlineData("host", false)]
    [InlineData("host:70000", false)]
    [InlineData("ho st:1", false)]
    [InlineData("host:1.2.3", false)]
    [InlineData("host:9333", true)]
    [InlineData("[::1]:9333.19444", true)]
    public void Address_IsCheckedWhenSaved(string address, bool valid)
    {
        using var admin = new AdminHarness();
        var reply = admin.Send(new SaveClusterSettings(Actor.LocalUi, new ClusterSettings { Context = new ClusterContext { MasterGrpcAddresses = [address] } }));
        Assert.Equal(valid, reply.IsAccepted);
        Assert.Equal(valid ? [] : ["master_grpc_addresses"], reply.Refusal?.Fields.Select(field => field.Path) ?? []);
    }

    [Fact]
    public void Settings_SavedOverOthersThanWereRead_AreRefused()
    {
        using var admin = new AdminHarness();
        Assert.True(admin.Send(new SaveClusterSettings(Actor.LocalUi, new ClusterSettings { Context = Known }, ClusterSettings.Empty)).IsAccepted);
        var late = admin.Send(new SaveClusterSettings(Actor.LocalUi, new ClusterSettings { IgnorePresence = true }, ClusterSettings.Empty));
        Assert.Equal(RefusalCode.Conflict, late.Refusal!.Code);
        Assert.Contains("saved by operator", late.Refusal.Text, StringComparison.Ordinal);
        Assert.True(admin.Send(new SaveClusterSettings(Actor.LocalUi, new ClusterSettings { IgnorePresence = true }, new ClusterSettings { Context = Known })).IsAccepted);
    }

    [Fact]
    public void ClusterNobodyCanReach_HoldsItsTypesBack_AndSaysWhy()
    {
        using var scene = new LaneScene("a,free", watched: true);
        scene.Admin.Post(new ClusterInput.Looked(new ClusterReport(ClusterContext.Empty, "none of m:9333 answers", scene.Admin.Time.GetUtcNow())));
        scene.Wait(6);
        Assert.Empty(scene.Detections("a"));
        Assert.Single(scene.Detections("free"));
        var refusal = scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Preview)).Refusal!;
        Assert.Equal((RefusalCode.Unavailable, "the cluster is not reachable: none of m:9333 answers"), (refusal.Code, refusal.Text));
        scene.Admin.Post(new ClusterInput.Looked(new ClusterReport(Known, "", scene.Admin.Time.GetUtcNow())));
        scene.Admin.Post(new ClusterInput.LockTaken());
        Assert.Equal("f:8888.18888", Assert.Single(scene.Detections("a").Single().Cluster.FilerAddresses));
    }

    [Fact]
    public void AnotherAdminAtWork_PausesScheduledWorkOfLockedLanesOnly_UntilItLeaves()
    {
        using var scene = new LaneScene("a,free", watched: true);
        scene.Admin.Post(new ClusterInput.Presence("admin-server"));
        scene.Wait(6);
        Assert.Empty(scene.Detections("a"));
        Assert.Single(scene.Detections("free"));
        Assert.Empty(scene.Admin.Lock.Wishes);

        // What somebody asks for is done all the same.
        scene.Admin.Submit("a");
        Assert.Equal([true], scene.Admin.Lock.Wishes);
        scene.Admin.Post(new ClusterInput.LockTaken());
        scene.Finish("a");
        Assert.Empty(scene.Detections("a"));
        scene.Admin.Post(new ClusterInput.LockReleased());
        scene.Admin.Post(new ClusterInput.Presence(""));
        scene.Wait(3);
        scene.Admin.Post(new ClusterInput.LockTaken());
        Assert.Single(scene.Detections("a"));
    }

    [Fact]
    public void RunBesideAnotherAdmin_IsRefusedAtOnce_BecauseItsJobsWouldWait()
    {
        using var scene = new LaneScene("a", watched: true, runtime: LaneScene.Runtime with { Enabled = false });
        scene.Admin.Post(new ClusterInput.Presence("admin-server"));
        Assert.Equal(RefusalCode.Unavailable, scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Run)).Refusal!.Code);
        Assert.True(scene.Admin.Send(new RequestDetection(Actor.LocalRest, "a", DetectionMode.Preview)).IsAccepted);
    }

    [Fact]
    public void TypeThatNeedsTheCluster_TakesNoTurn_WhileItIsNotReachable()
    {
        using var scene = new LaneScene("a,free", watched: true);
        scene.Admin.Post(new ClusterInput.Looked(new ClusterReport(ClusterContext.Empty, "nobody answers", scene.Admin.Time.GetUtcNow())));
        Assert.True(scene.Admin.Send(new Core.Lanes.SaveLane(Actor.LocalUi, new Core.Lanes.LaneRules("volumes") { Serialise = true })).IsAccepted);
        Assert.True(scene.Admin.Send(new Core.Lanes.PlaceJobType(Actor.LocalUi, "free", new Core.Lanes.TypePlacement("volumes", false))).IsAccepted);
        scene.Wait(6);
        Assert.Equal("free", scene.Turn.JobType);
        Assert.Single(scene.Detections("free"));
    }

    [Fact]
    public void AnotherAdminAtWork_CanBeOverruled()
    {
        using var scene = new LaneScene("a", watched: true);
        scene.Admin.Post(new ClusterInput.Presence("admin-server"));
        Assert.True(scene.Admin.Send(new SaveClusterSettings(Actor.LocalUi, new ClusterSettings { IgnorePresence = true })).IsAccepted);
        scene.Wait(6);
        scene.Admin.Post(new ClusterInput.LockTaken());
        Assert.Single(scene.Detections("a"));
    }

    [Theory]
    [InlineData(100, 10, 1, 3, "100", "10")]
    [InlineData(100, 10, 2, 4, "50", "5")]
    [InlineData(100, 10, 10, 4, "25", "2")]
    [InlineData(100, 10, 0, 4, "25", "2")]
    [InlineData(100, 1, 4, 4, "25", "1")]
    [InlineData(100, 0, 4, 4, "25", null)]
    [InlineData(0, 10, 4, 4, null, null)]
    [InlineData(1, 0, 3, 3, "0.3333333333333333", null)]
    public void ClusterWideRate_IsSharedAmongThoseAtWork(long rate, long burst, int atOnce, int executors, string? part, string? burstPart)
    {
        using var scene = new LaneScene("free", runtime: LaneScene.Runtime with { Enabled = false });
        for (var n = 2; n <= executors; n++)
        {
            scene.Admin.Connect($"w-{n}", "free");
        }

        var type = scene.Admin.State.JobTypes["free"];
        Assert.True(scene.Admin.Send(new SaveConfig(
            Actor.LocalUi, "free", null, ConfigValues.From([new("rate", new ConfigValue.Int64(rate)), new("burst", new ConfigValue.Double(burst))]), ConfigValues.Empty,
            type.Config!.Runtime! with { MaxJobsPerDetection = atOnce }, "")).IsAccepted);
        scene.Admin.Submit("free");
        var sent = scene.Admin.Link.Sent.Select(pair => pair.Message).OfType<Links.Outbound.ExecuteJob>().Single();
        Assert.Equal(part, sent.Cluster.Metadata.GetValueOrDefault("free.rate"));
        Assert.Equal(burstPart, sent.Cluster.Metadata.GetValueOrDefault("free.burst"));
    }
}

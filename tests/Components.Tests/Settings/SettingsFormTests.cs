using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Overview;
using BlazorPluginAdmin.Components.Settings;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Settings;

/// <summary>Small forms send what was written over what is saved, and say what that was.</summary>
public sealed class SettingsFormTests : LivePages
{
    private static readonly RetentionLimits Limits = new(TimeSpan.FromHours(1), 1000, 20, 30);

    [Theory]
    [InlineData("")]
    [InlineData("2.5")]
    [InlineData("90m")]
    public void Retention_OnlyWhatWasEditedChanges(string jobs)
    {
        Admin.Views.Publish(new ReadModel { At = DateTimeOffset.UnixEpoch, Retention = new RetentionView(Limits, true) });
        Admin.Answer = command => ((SaveRetention)command).Limits!;
        var card = Render<RetentionCard>();
        Assert.Equal("1h", card.Find("[data-testid=keep-jobs]").GetAttribute("value"));
        card.Find("[data-testid=keep-runs]").Input("5");
        if (jobs.Length > 0)
        {
            card.Find("[data-testid=keep-jobs]").Input(jobs);
        }

        card.Find("form").Submit();
        var expected = jobs switch { "" => Limits.Jobs, "90m" => TimeSpan.FromMinutes(90), _ => TimeSpan.FromHours(60) };
        var sent = Assert.IsType<SaveRetention>(Assert.Single(Admin.Sent));
        Assert.Equal((Limits with { Jobs = expected, RunsKept = 5 }, Limits), (sent.Limits!, sent.Expected!));
    }

    [Fact]
    public void Retention_OneBoxIsUndone_OthersStay()
    {
        Admin.Views.Publish(new ReadModel { At = DateTimeOffset.UnixEpoch, Retention = new RetentionView(Limits, true) });
        Admin.Answer = command => ((SaveRetention)command).Limits!;
        var card = Render<RetentionCard>();
        card.Find("[data-testid=keep-runs]").Input("5");
        card.Find("[data-testid=keep-jobs]").Input("2");
        card.Find("[data-testid=undo-jobs]").Click();
        Assert.Equal("1h", card.Find("[data-testid=keep-jobs]").GetAttribute("value"));
        card.Find("form").Submit();
        Assert.Equal(Limits with { RunsKept = 5 }, Assert.IsType<SaveRetention>(Assert.Single(Admin.Sent)).Limits!);
    }

    [Fact]
    public void JobsThatAreKept_AreListed()
    {
        Store.Commit([new Change.JobSaved(Succeeded("job-1"), null, null)]);
        Admin.Views.Publish(new ReadModel { At = DateTimeOffset.UnixEpoch, Retention = new RetentionView(Limits, true) });
        var link = Render<RetentionCard>().Find("[data-testid=kept-jobs]");
        Assert.Equal(("1 job", "jobs?q=state%3Aended"), (link.TextContent, link.GetAttribute("href")));
    }

    [Fact]
    public void Timetable_SaysWhatItStandsOn()
    {
        var table = new Timetable { Cron = "0 3 * * *" };
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Timetable = table }] });
        Admin.Answer = command => ((SetTimetable)command).Timetable;
        var form = Render<TimetableForm>(parameters => parameters.Add(its => its.JobType, "echo"));
        form.Find("#quiet").Input("22:00-06:00");
        form.Find("[data-testid=save-timetable]").Click();
        var sent = Assert.IsType<SetTimetable>(Assert.Single(Admin.Sent));
        Assert.Equal((table, "0 3 * * *", 1), (sent.Expected, sent.Timetable.Cron, sent.Timetable.Quiet.Length));
        Assert.Equal("Saved.", form.Find("[data-testid=timetable-reply]").TextContent);
        Assert.True(form.Find("[data-testid=save-timetable]").HasAttribute("disabled"));
    }

    [Fact]
    public void Cluster_SaysWhatItStandsOn()
    {
        var settings = new ClusterSettings { Context = new ClusterContext { FilerAddresses = ["f:8888"] } };
        Admin.Views.Publish(new ReadModel { Cluster = new ClusterState { Settings = settings } });
        Admin.Answer = command => new ClusterState { Settings = ((SaveClusterSettings)command).Settings };
        var form = Render<ClusterSettingsForm>();
        form.Find("#master_grpc_addresses").Input("m:9333");
        form.Find("[data-testid=ignore-presence]").Change(true);
        form.Find("[data-testid=save-cluster]").Click();
        var sent = Assert.IsType<SaveClusterSettings>(Assert.Single(Admin.Sent));
        Assert.Same(settings, sent.Expected);
        Assert.Equal(("m:9333", "f:8888", true), (sent.Settings.Context.MasterGrpcAddresses.Single(), sent.Settings.Context.FilerAddresses.Single(), sent.Settings.IgnorePresence));
        Assert.Empty(form.FindAll(".field-dirty"));
    }

    [Fact]
    public void SchedulerRow_RunsNow_AndPausesWithAReasonAndAnEnd()
    {
        var model = new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true }] };
        Admin.Views.Publish(model);
        Admin.Answer = command => command is PauseJobType ? "echo" : new Detection { Id = new RequestId("d-1"), JobType = "echo", By = Actor.LocalUi, StartedAt = DateTimeOffset.UnixEpoch };
        var table = Render<SchedulerTable>(parameters => parameters.Add(table => table.Model, model));
        table.FindAll("button").Single(button => button.TextContent == "Run now").Click();
        var run = Assert.IsType<RequestDetection>(Assert.Single(Admin.Sent));
        Assert.Equal(("echo", DetectionMode.Run), (run.JobType, run.Mode));

        table.Find("[data-testid=pause-type]").Click();
        table.Find("[data-testid=pause-reason]").Input("moving");
        table.Find("[data-testid=pause-for]").Input("2h");
        table.Find("[data-testid=pause-confirm]").Click();
        var pause = Assert.IsType<PauseJobType>(Admin.Sent.Last());
        Assert.Equal(("echo", true, "moving"), (pause.JobType, pause.Paused, pause.Reason));
        Assert.InRange(pause.Until!.Value - Services.GetRequiredService<TimeProvider>().GetUtcNow(), TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        Assert.Empty(table.FindAll("[data-testid=pause-dialog]"));
    }

    /// <summary>What is done at once can be taken back.</summary>
    [Fact]
    public async Task Lane_ThatIsRemoved_AndTypeThatGoesOn_CanBeTakenBack()
    {
        var lane = new LaneRules("mine") { Serialise = true };
        var type = new JobTypeView { Name = "echo", DisplayName = "Echo", IsPaused = true, Paused = "moving", PausedUntil = DateTimeOffset.UnixEpoch.AddYears(90) };
        var model = new ReadModel { Lanes = [new LaneView(lane, new LaneTurn("mine"), []) { IsChanged = true }], JobTypes = [type] };
        Admin.Views.Publish(model);
        Admin.Answer = command => command switch { ResetLane => LaneSettings.Empty, SaveLane save => save.Lane, _ => "echo" };
        Render<LaneSettingsTable>().Find("[data-testid=reset-lane]").Click();
        Render<SchedulerTable>(parameters => parameters.Add(table => table.Model, model)).Find("[data-testid=resume-type]").Click();
        foreach (var toast in Services.GetRequiredService<Toasts>().Shown)
        {
            Assert.Null(await toast.Undo!());
        }

        Assert.Equal(lane, Assert.Single(Admin.Sent.OfType<SaveLane>()).Lane);
        Assert.Equal((true, "moving", type.PausedUntil), Admin.Sent.OfType<PauseJobType>().Last() is var pause ? (pause.Paused, pause.Reason, pause.Until) : default);
    }
}

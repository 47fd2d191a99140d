using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Overview;
using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Settings;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Shared;

/// <summary>What is offered to whom, over real states of the engine. Everything here acts for an admin and is not there, or not to be moved, for a viewer.</summary>
public sealed class ViewerTests : IDisposable
{
    private readonly AdminHarness _engine = new();
    private readonly ReadModel _model;
    private readonly Job _waiting;
    private readonly Job _running;

    public ViewerTests()
    {
        var worker = _engine.ConnectDescribed(slots: 1);
        _running = _engine.Submit();
        worker.Ack(worker.LastJob);
        _waiting = _engine.Submit();
        _engine.Send(new SaveSchedule(Actor.LocalUi, new ScheduleSpec("nightly", new ScheduleRule.Every(TimeSpan.FromHours(1), null), JobTemplate.From(new SubmitJob(Actor.LocalUi, "echo", JobOrigin.Ui, JobPayload.Empty)).Value!)));
        _model = new ReadModelBuilder().Build(_engine.State, _engine.Now, HostHealth.Good);
    }

    public static TheoryData<string> Acting => ["job-waiting", "job-running", "worker", "queue-row", "schedule", "timetable", "dispatch", "type-head", "scheduler", "lanes", "placement", "retention"];

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Acting))]
    public void Viewer_IsOfferedNoAct_WhereAnAdminIs(string name)
    {
        using var admin = new Pages(Role.Admin, _model);
        Assert.NotEmpty(Acts(Show(admin, name)));
        using var viewer = new Pages(Role.Viewer, _model);
        Assert.Empty(Acts(Show(viewer, name)));
    }

    [Theory]
    [InlineData("job-waiting", true)]
    [InlineData("schedule", true)]
    [InlineData("worker", true)]
    [InlineData("dispatch", false)]
    [InlineData("retention", false)]
    public void Operator_ActsOnWork_AndLooksAtSettings(string name, bool acts)
    {
        using var pages = new Pages(Role.Operator, _model);
        Assert.Equal(acts, Acts(Show(pages, name)).Count > 0);
    }

    [Theory]
    [InlineData("viewer", "You look at this through the view-only address. This page needs jobs.submit.")]
    [InlineData("admin", null)]
    public void PageForActingAlone_SaysThatItIs(string role, string? why)
    {
        using var pages = new Pages(Role.Find(role)!, _model);
        var page = pages.Render<NewJobPage>();
        Assert.Equal(why, page.FindAll("[data-testid=forbidden] .empty p:not(.empty-title)") is [var said, ..] ? said.TextContent : null);
        Assert.Equal(why is null, page.FindAll("form").Count == 1);
        Assert.Equal(why is null ? 0 : 1, pages.Render<NewSchedulePage>().FindAll("[data-testid=forbidden]").Count);
    }

    [Fact]
    public void ReadOnlyForm_SaysWhy_ToEach()
    {
        using var viewer = new Pages(Role.Viewer, _model);
        Assert.Equal("You look at this through the view-only address. Changing it needs system.control.", viewer.Render<LookOnly>(its => its.Add(line => line.Needs, Permission.SystemControl)).Find("p").TextContent);
        using var other = new Pages(Role.Operator, _model);
        Assert.Equal("Changing it needs config.edit, which the role operator does not have. Ask somebody who may.", other.Render<LookOnly>(its => its.Add(line => line.Needs, Permission.ConfigEdit)).Find("p").TextContent);
        Assert.Empty(other.Render<LookOnly>(its => its.Add(line => line.Needs, Permission.JobsControl)).FindAll("p"));
    }

    /// <summary>What a browser sends is not what it was shown: the button is still there, its press arrives, and the door says no.</summary>
    [Fact]
    public async Task ForgedPress_IsRefused_AndTheRefusalIsShown()
    {
        using var pages = new Pages(Role.Admin, _model);
        var shown = Show(pages, "worker");
        var drain = shown.Find("[data-testid=drain]");
        pages.Services.Become(Role.Viewer);
        await drain.ClickAsync(new());
        Assert.Empty(pages.Sent);
        var toast = Assert.Single(pages.Services.GetRequiredService<Toasts>().Shown);
        Assert.Equal((true, "this needs workers.control, which the role viewer does not have. Nothing was changed; use the admin's own address, or ask somebody who may"), (toast.IsRefusal, toast.Text));
    }

    /// <summary>Buttons, links that lead to a form, boxes and switches that can be moved.</summary>
    private static IReadOnlyList<AngleSharp.Dom.IElement> Acts(IRenderedComponent<IComponent> shown) =>
        [.. shown.FindAll("button:not([disabled]), a.button:not([title=Configure]), input:not([disabled]), select:not([disabled]), textarea:not([disabled])").Where(element => element.Closest("fieldset[disabled]") is null)];

    private IRenderedComponent<IComponent> Show(Pages pages, string name)
    {
        var type = _model.JobTypes.Single();
        return name switch
        {
            "job-waiting" => pages.Render<JobActions>(its => its.Add(actions => actions.Job, _engine.State.Jobs[_waiting.Id])),
            "job-running" => pages.Render<JobActions>(its => its.Add(actions => actions.Job, _engine.State.Jobs[_running.Id])),
            "worker" => pages.Render<WorkerActions>(its => its.Add(actions => actions.View, _model.Workers.Single())),
            "queue-row" => pages.Render<QueueRow>(its => its.Add(row => row.View, type.Queue.First(view => view.Job.Id == _waiting.Id))),
            "schedule" => pages.Render<ScheduleActions>(its => its.Add(actions => actions.View, _model.Schedules.Single())),
            "timetable" => pages.Render<TimetableForm>(its => its.Add(form => form.JobType, "echo")),
            "dispatch" => pages.Render<DispatchForm>(its => its.Add(form => form.JobType, "echo")),
            "type-head" => pages.Render<TypeHead>(its => its.Add(head => head.Type, type)),
            "scheduler" => pages.Render<SchedulerTable>(its => its.Add(table => table.Model, _model)),
            "lanes" => pages.Render<LaneSettingsTable>(),
            "placement" => pages.Render<PlacementTable>(),
            _ => pages.Render<RetentionCard>(),
        };
    }

    private sealed class Pages : LivePages
    {
        public Pages(Role role, ReadModel model)
            : base(role) => Admin.Views.Publish(model);

        public List<object> Sent => Admin.Sent;
    }
}

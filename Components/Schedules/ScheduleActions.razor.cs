using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>What a person may do with a schedule.</summary>
public sealed partial class ScheduleActions
{
    private bool _pausing;

    [Parameter, EditorRequired]
    public ScheduleView View { get; set; } = default!;

    /// <summary>In a row: small, and without keys.</summary>
    [Parameter]
    public bool Small { get; set; }

    /// <summary>It is gone.</summary>
    [Parameter]
    public EventCallback OnDeleted { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [Inject]
    private IAdmin Admin { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    private JobSchedule Schedule => View.Schedule;

    private string Look => Small ? "button button-small" : "button";

    private async Task RunAsync()
    {
        var reply = await Admin.SendAsync(new RunScheduleNow(Who.Actor, Schedule.Id), CancellationToken.None);
        Toasts.Say(reply.Refusal, $"{Schedule.Name} runs now, besides its other runs.");
    }

    private async Task PauseAsync((string Reason, DateTimeOffset? Until) pause)
    {
        _pausing = false;
        var (admin, id) = (Admin, Schedule.Id);
        var reply = await admin.SendAsync(new PauseSchedule(Who.Actor, id, pause.Reason, pause.Until), CancellationToken.None);
        Toasts.Say(reply.Refusal, $"{Schedule.Name} is paused.", async () => (await admin.SendAsync(new ResumeSchedule(Who.Actor, id), CancellationToken.None)).Refusal);
    }

    private async Task ResumeAsync()
    {
        var (admin, id, pause) = (Admin, Schedule.Id, Schedule.Pause);
        var reply = await admin.SendAsync(new ResumeSchedule(Who.Actor, id), CancellationToken.None);
        Toasts.Say(reply.Refusal, $"{Schedule.Name} goes on.", async () => (await admin.SendAsync(new PauseSchedule(Who.Actor, id, pause?.Reason ?? "", pause?.Until), CancellationToken.None)).Refusal);
    }

    private async Task DeleteAsync()
    {
        var name = Schedule.Name;
        var reply = await Admin.SendAsync(new DeleteSchedule(Who.Actor, Schedule.Id), CancellationToken.None);
        Toasts.Say(reply.Refusal, $"{name} is deleted; its jobs stay.");
        if (reply.IsAccepted)
        {
            await OnDeleted.InvokeAsync();
        }
    }
}

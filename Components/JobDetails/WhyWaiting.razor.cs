using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Lanes;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Why a job waits: the rules of dispatch as they stand, and the one thing to do about the one that stops it.</summary>
public sealed partial class WhyWaiting
{
    private WaitingExplanation? _why;
    private int _stop;
    private bool _busy;

    [Parameter, EditorRequired]
    public Job Job { get; set; } = default!;

    [Parameter, EditorRequired]
    public JobTypeView Type { get; set; } = default!;

    /// <summary>What a run of the type usually takes; null while too few are known.</summary>
    [Parameter]
    public TimeSpan? Usual { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private IAdmin Admin { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    /// <summary>Those before it, in rounds of as many as run now. Only where slots or limits are what it waits for.</summary>
    private TimeSpan? Starts => _why is { Position: { } place, Waiting.Code: "no_free_slot" or "type_limit" or "worker_limit" or "queued" } && Usual is { } usual && Type.Counts.Active > 0
        ? usual * Math.Ceiling(place / (double)Type.Counts.Active)
        : null;

    private (string Text, string Address)? Link => _why!.Waiting.Code switch
    {
        "type_limit" or "worker_limit" => ("Change the limit", JobTypeLinks.To("configuration", Type.Name)),
        "no_capable_worker" or "detector_only" or "labels" or "all_draining" => ("Show the workers", $"workers?type={Uri.EscapeDataString(Type.Name)}"),
        "maintenance" => ("Maintenance", "settings#scheduler"),
        "no_cluster" or "other_admin" => ("Settings", "settings"),
        "quiet" => ("Change the timetable", JobTypeLinks.To("configuration", Type.Name)),
        "lane_busy" or "gate" or "keyless" or "cluster_lock" => ("Open the lane", LaneLinks.To(Type.Rules.Lane)),
        "no_free_slot" or "refused" => ("Show what runs", JobTypeLinks.To("queue", Type.Name)),
        _ => null,
    };

    protected override void OnParametersSet()
    {
        _why = Admin.Explain(Job.Id);
        _stop = _why is null ? -1 : _why.Checks.ToList().FindIndex(check => !check.Passed);
    }

    private Task StartAsync() => ActAsync(new RetryNow(Actor.LocalUi, Job.Id), "It is due now.");

    private async Task ResumeAsync()
    {
        var (by, reason, until) = (Actor.LocalUi, Type.Paused, Type.PausedUntil);
        var name = Type.Name;
        await ActAsync(new PauseJobType(by, name, Paused: false, "", null), $"{Type.DisplayName} goes on.", async () => (await Admin.SendAsync(new PauseJobType(by, name, Paused: true, reason, until), CancellationToken.None)).Refusal);
    }

    private async Task ActAsync<T>(Command<T> command, string done, Func<Task<Refusal?>>? undo = null)
    {
        _busy = true;
        var reply = await Admin.SendAsync(command, CancellationToken.None);
        _busy = false;
        if (reply.IsAccepted && undo is not null)
        {
            Toasts.Say(done, undo);
        }
        else
        {
            Toasts.Say(reply.Refusal, done);
        }

        await OnChanged.InvokeAsync();
    }
}

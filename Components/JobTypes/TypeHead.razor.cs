using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What stands over all tabs of a job type: who it is, how it is, and what can be done with it.</summary>
public sealed partial class TypeHead : LiveComponent
{
    private const int WorkersShown = 5;

    /// <summary>The last detection started here; shown after its end until it is closed.</summary>
    private RequestId? _mine;
    private bool _busy;
    private (bool Enabled, long Version)? _switched;
    private bool _pausing;

    [Parameter]
    [EditorRequired]
    public JobTypeView Type { get; set; } = default!;

    /// <summary>A run by hand without jobs shows its proposals there.</summary>
    [Parameter]
    public EventCallback<Detection> OnPreview { get; set; }

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    private Detection? Operation => Type.Detections.FirstOrDefault(detection => detection.IsOpen) ?? Type.Detections.FirstOrDefault(detection => detection.Id == _mine);

    private bool Busy => _busy || Type.Detections.Any(detection => detection.IsOpen);

    private string Enabled => Type switch
    {
        { CanDetect: false } => "jobs on demand",
        { Policy.Enabled: true } => "detects by itself",
        _ => "detects only when asked",
    };

    private async Task DetectAsync(DetectionMode mode)
    {
        _busy = true;
        var reply = await Admin.SendAsync(new RequestDetection(Who.Actor, Type.Name, mode), Gone);
        _busy = false;
        if (!reply.IsAccepted)
        {
            Toasts.Say(reply.Refusal.Text, refused: true);
            return;
        }

        _mine = reply.Value.Id;
        if (mode == DetectionMode.Preview)
        {
            await OnPreview.InvokeAsync(reply.Value);
        }
    }

    private async Task CancelAsync(Detection detection) =>
        Toasts.Say((await Admin.SendAsync(new CancelDetection(Who.Actor, detection.Id, ""), Gone)).Refusal, "The detection is asked to stop.");

    private async Task PauseAsync((string Reason, DateTimeOffset? Until) pause)
    {
        _pausing = false;
        var (admin, name) = (Admin, Type.Name);
        var reply = await admin.SendAsync(new PauseJobType(Who.Actor, name, true, pause.Reason, pause.Until), Gone);
        Toasts.Say(reply.Refusal, $"{Type.DisplayName} is paused.", async () => (await admin.SendAsync(new PauseJobType(Who.Actor, name, false, "taken back", null), CancellationToken.None)).Refusal);
    }

    private async Task ResumeAsync()
    {
        var (admin, name, reason, until) = (Admin, Type.Name, Type.Paused, Type.PausedUntil);
        var reply = await admin.SendAsync(new PauseJobType(Who.Actor, name, false, "", null), Gone);
        Toasts.Say(reply.Refusal, $"{Type.DisplayName} goes on.", async () => (await admin.SendAsync(new PauseJobType(Who.Actor, name, true, reason, until), CancellationToken.None)).Refusal);
    }

    /// <summary>What it switches; a type that detects nothing runs what is submitted either way.</summary>
    private string Switch => Type.CanDetect ? "Detects by itself" : "Warn when nobody offers it";

    private long ConfigVersion => Type.Config?.Version ?? 0;

    /// <summary>As the person has just set the switch, until the model has a newer config: the browser moved it before any render did.</summary>
    private bool IsEnabled => _switched is { } switched && switched.Version == ConfigVersion ? switched.Enabled : Type.Policy.Enabled;

    private async Task EnableAsync(bool enabled)
    {
        (_busy, _switched) = (true, (enabled, ConfigVersion));
        var (admin, name) = (Admin, Type.Name);
        var reply = await admin.SendAsync(new EnableJobType(Who.Actor, name, enabled), Gone);
        _switched = reply.IsAccepted ? _switched : null;
        _busy = false;
        Toasts.Say(reply.Refusal, Switched(enabled), async () => (await admin.SendAsync(new EnableJobType(Who.Actor, name, !enabled), CancellationToken.None)).Refusal);
    }

    private string Switched(bool enabled) => Type.CanDetect
        ? $"{Type.DisplayName} {(enabled ? "detects by itself" : "does nothing by itself")} from now on."
        : $"The overview {(enabled ? "warns" : "does not warn")} when nobody offers {Type.DisplayName}.";

    private async Task ArchiveAsync()
    {
        var (admin, name) = (Admin, Type.Name);
        var reply = await admin.SendAsync(new ArchiveJobType(Who.Actor, name, true), Gone);
        Toasts.Say(reply.Refusal, $"{Type.DisplayName} is archived; a worker that offers it brings it back.", async () => (await admin.SendAsync(new ArchiveJobType(Who.Actor, name, false), CancellationToken.None)).Refusal);
    }
}

using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Why a job waits: the rules of dispatch as they stand, and the one thing to do about the one that stops it.</summary>
public sealed partial class WhyWaiting
{
    private WaitingExplanation? _why;
    private WaitingHelp _help = new(null, [], null, []);
    private int _stop;
    private bool _busy;

    [Parameter, EditorRequired]
    public Job Job { get; set; } = default!;

    [Parameter, EditorRequired]
    public JobTypeView Type { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private IAdmin Admin { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override void OnParametersSet()
    {
        _why = Admin.Explain(Job.Id);
        _stop = _why is null ? -1 : _why.Checks.ToList().FindIndex(check => !check.Passed);
        _help = WaitingHelp.From(_why?.Waiting.Code ?? "", Job, Type, Admin.Views.Current.Value);
    }

    private string OutputOf(Attempt attempt) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["tab"] = "output", ["attempt"] = attempt.Number, ["offset"] = null });

    private Task StartAsync() => ActAsync(() => SendAsync(new RetryNow(Who.Actor, Job.Id)), "It is due now.");

    private Task ResumeAsync()
    {
        var (name, reason, until) = (Type.Name, Type.Paused, Type.PausedUntil);
        return ActAsync(
            () => SendAsync(new PauseJobType(Who.Actor, name, Paused: false, "", null)),
            $"{Type.DisplayName} goes on.",
            () => SendAsync(new PauseJobType(Who.Actor, name, Paused: true, reason, until)));
    }

    private Task UndoDrainAsync()
    {
        var workers = _help.Draining;
        return ActAsync(() => DrainAsync(false), $"{Words.Count(workers.Length, "worker")} took up work again.", () => DrainAsync(true));

        async Task<Refusal?> DrainAsync(bool enabled)
        {
            Refusal? refusal = null;
            foreach (var worker in workers)
            {
                refusal = await SendAsync(new DrainWorker(Who.Actor, worker, enabled, "")) ?? refusal;
            }

            return refusal;
        }
    }

    private async Task<Refusal?> SendAsync<T>(Command<T> command) => (await Admin.SendAsync(command, CancellationToken.None)).Refusal;

    private async Task ActAsync(Func<Task<Refusal?>> act, string done, Func<Task<Refusal?>>? undo = null)
    {
        _busy = true;
        var refusal = await act();
        _busy = false;
        if (undo is null)
        {
            Toasts.Say(refusal, done);
        }
        else
        {
            Toasts.Say(refusal, done, undo);
        }

        await OnChanged.InvokeAsync();
    }
}

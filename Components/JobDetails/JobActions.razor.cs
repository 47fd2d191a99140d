using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>What a person may do with a job in its state; on a phone a sheet at the bottom.</summary>
public sealed partial class JobActions
{
    private ElementReference _box;
    private ElementReference _cancel;
    private ElementReference _keep;
    private ElementReference _retry;
    private bool _sheet;
    private bool _asking;
    private Place _focus;
    private bool _retrying;
    private bool _busy;
    private string _open = "";
    private string _reason = "";
    private string _labels = "";
    private string _refusal = "";

    [Parameter, EditorRequired]
    public Job Job { get; set; } = default!;

    [Parameter, EditorRequired]
    public IReadOnlyList<Attempt> Attempts { get; set; } = [];

    /// <summary>The admin answered; the job may be another one now.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private IAdmin Admin { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <summary>Where the focus goes with the next render.</summary>
    private enum Place
    {
        /// <summary>It stays where it is.</summary>
        Same = 0,
        Cancel = 1,
        Retry = 2,
    }

    private bool MayCancel => !Job.IsTerminal && Job.Phase != JobPhase.Canceling;

    private bool MayRetry => Job.Phase == JobPhase.Backoff || (Job.IsTerminal && !Job.IsQuarantined);

    private bool Controls => Who.May(Permission.JobsControl);

    private IEnumerable<Attempt> Losses => Attempts.Where(attempt => attempt.Outcome == AttemptOutcome.WorkerLost).TakeLast(RetryPolicy.LossesToQuarantine);

    /// <summary>A button that gives way to a question gives it the focus, and has it back when the question is gone.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        ElementReference? place = _focus switch
        {
            Place.Cancel when _asking => _box,
            Place.Cancel when MayCancel => _cancel,
            Place.Retry when MayRetry => _retrying ? _keep : _retry,
            _ => null,
        };
        _focus = Place.Same;
        if (place is { } element)
        {
            await element.FocusAsync();
        }
    }

    /// <summary>Lines of <c>name=value</c> → labels; null when a line is something else.</summary>
    public static ImmutableSortedDictionary<string, string>? ReadLabels(string text)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                return null;
            }

            labels[line[..at].Trim()] = line[(at + 1)..].Trim();
        }

        return labels.ToImmutable();
    }

    private void AskToRetry(bool ask) => (_retrying, _focus) = (ask, Place.Retry);

    private void Close() => (_open, _reason, _refusal) = ("", "", "");

    private async Task CancelAsync()
    {
        _asking = false;
        await ActAsync(new CancelJob(Who.Actor, Job.Id, _reason.Trim()), job => job.IsTerminal ? "Canceled." : "The worker is asked to stop.");
        _reason = "";
    }

    private Task ExpireAsync() => ActAsync(new ExpireJob(Who.Actor, Job.Id, _reason.Trim()), _ => "Expired.");

    private Task RetryAsync() => AgainAsync(() => Admin.RetryAsync(Who.Actor, Job.Id, CancellationToken.None));

    private Task ReleaseAsync() => AgainAsync(() => Admin.ReleaseAsync(Who.Actor, Job.Id, CancellationToken.None));

    private async Task AgainAsync(Func<Task<Reply<Job>>> askAsync)
    {
        _busy = true;
        var reply = await askAsync();
        (_busy, _retrying) = (false, false);
        Close();
        if (reply is { IsAccepted: true } && reply.Value.Id != Job.Id)
        {
            Toasts.Say("Queued again as a new job.");
            Navigation.NavigateTo(JobLinks.Shown(Navigation) is null ? $"jobs/{Uri.EscapeDataString(reply.Value.Id.Value)}" : JobLinks.Detail(Navigation, reply.Value.Id.Value));
            return;
        }

        _focus = Place.Retry;
        Toasts.Say(reply.Refusal, "It is due now.");
        await OnChanged.InvokeAsync();
    }

    private void OpenLabels() => (_open, _labels) = ("labels", string.Join('\n', Job.Labels.Select(label => $"{label.Key}={label.Value}")));

    private async Task SaveLabelsAsync()
    {
        if (ReadLabels(_labels) is not { } labels)
        {
            _refusal = "Each line is name=value.";
            return;
        }

        var before = Job.Labels;
        await ActAsync(new SetLabels(Who.Actor, Job.Id, Change(before, labels)), _ => "Labels changed.", new SetLabels(Who.Actor, Job.Id, Change(labels, before)));
    }

    /// <summary>What leads from some labels to others; an empty value takes one away.</summary>
    private static ImmutableSortedDictionary<string, string> Change(ImmutableSortedDictionary<string, string> from, ImmutableSortedDictionary<string, string> to) =>
        to.SetItems(from.Keys.Where(key => !to.ContainsKey(key)).Select(key => KeyValuePair.Create(key, "")));

    private async Task ActAsync(Command<Job> command, Func<Job, string> done, Command<Job>? undo = null)
    {
        _busy = true;
        var reply = await Admin.SendAsync(command, CancellationToken.None);
        _busy = false;
        if (!reply.IsAccepted)
        {
            Toasts.Say(reply.Refusal, "");
        }
        else if (undo is null)
        {
            Toasts.Say(done(reply.Value));
        }
        else
        {
            Toasts.Say(done(reply.Value), async () => (await Admin.SendAsync(undo, CancellationToken.None)).Refusal);
        }

        Close();
        await OnChanged.InvokeAsync();
    }
}

using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>All of one job, alive while it runs: over a list or as a page of its own.</summary>
public sealed partial class JobDetail : LiveComponent
{
    private JobRecord? _record;
    private ExecutionPlan? _plan;
    private ImmutableArray<Activity> _activities = [];
    private TimeSpan? _usual;
    private bool _missing;
    private Job? _seen;
    private long _lastActivity = -1;

    [Parameter]
    [EditorRequired]
    public string Id { get; set; } = "";

    [Parameter]
    public EventCallback OnClose { get; set; }

    /// <summary>To the job above (−1) or below (1) in the list it was opened from; unset on its own page.</summary>
    [Parameter]
    public EventCallback<int> OnStep { get; set; }

    [Inject]
    private AdminOptions Options { get; set; } = default!;

    [Inject]
    private IExecutionPlans Plans { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    private Job Job => _record!.Job;

    private JobTypeView? Type => Model.JobType(Job.JobType);

    /// <summary>When the cancel ladder began; its next step is the end of the grace.</summary>
    private DateTimeOffset? AskedToStopAt => Job.Phase == JobPhase.Canceling ? Own("canceling")?.At : null;

    private bool IsHeard => Own(JobTimeline.CancelAcknowledged) is not null;

    /// <summary>What the worker's answer to a ping usually takes; null: nobody asked since it connected.</summary>
    private TimeSpan? Ping => Job.Worker is { } id && Model.Workers.FirstOrDefault(view => view.Worker.Id == id) is { } worker ? WorkerLook.Ping(worker) : null;

    /// <summary>What it was doing when it ended, unless the error or the result says the same.</summary>
    private string LastWord => Job is { IsTerminal: true, Attempt: not null } && Words.Doing(Job) is { Length: > 0 } word && word != Job.Error && word != Job.ResultSummary ? Words.Visible(word) : "";

    private DateTimeOffset? Countdown => Job.Phase is JobPhase.Scheduled or JobPhase.Backoff ? Job.DueAt : null;

    private int[] AttemptNumbers => [.. _record!.Attempts.Select(attempt => attempt.Number).Distinct().Order()];

    /// <summary>Names of parameters that a form calls sensitive.</summary>
    private HashSet<string> Secrets => Type?.Descriptor?.WorkerForm is { } form ? [.. form.Fields.Where(known => known.IsSecret).Select(known => known.Name)] : [];

    protected override Task OnInitializedAsync() => LoadAsync();

    /// <summary>Asks the store only when the job or its activities moved.</summary>
    protected override async Task OnModelAsync()
    {
        var id = new JobId(Id);
        var live = Admin.States.Current.Value.Jobs.GetValueOrDefault(id);
        var said = Model.Activities.FirstOrDefault(activity => activity.Job == id)?.Sequence ?? -1;
        if (_record is null || !ReferenceEquals(live, _seen) || said != _lastActivity)
        {
            (_seen, _lastActivity) = (live, said);
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        var id = new JobId(Id);
        var record = await Admin.History.JobAsync(id, Gone);
        _missing = record is null;
        if (record is null)
        {
            return;
        }

        if (_record is null)
        {
            // Parameters never change, so that the plan is read once; what is usual changes slowly.
            _plan = Plans.Of(record.Job.JobType, record.Payload);
            _usual = JobDiagnosis.MedianRun(await Admin.History.RunsAsync(record.Job.JobType, succeeded: true, 20, Gone));
        }

        _record = Admin.States.Current.Value.Jobs.TryGetValue(id, out var open) ? record with { Job = open } : record;
        _activities = [.. Model.Activities.Where(activity => activity.Job == id).Concat(await Admin.History.ActivitiesAsync(new ActivityFilter { Job = id, Limit = JobActivities.Limit }, Gone))
            .DistinctBy(activity => activity.Sequence)
            .OrderByDescending(activity => activity.Sequence)
            .Take(JobActivities.Limit)];
    }

    private Activity? Own(string stage) => _activities.FirstOrDefault(activity => activity.Stage == stage && activity.Request == Job.Attempt?.RequestId);

    private async Task ForceAsync()
    {
        var reply = await Admin.SendAsync(new CancelJob(Actor.LocalUi, Job.Id, "", Force: true), Gone);
        Toasts.Say(reply.Refusal, "Canceled.");
        await LoadAsync();
    }

    private async Task SetPriorityAsync(string? text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var priority))
        {
            return;
        }

        var (id, before) = (Job.Id, Job.Priority);
        var reply = await Admin.SendAsync(new SetPriority(Actor.LocalUi, id, priority), Gone);
        if (reply.IsAccepted)
        {
            Toasts.Say($"Priority {before} → {priority}.", async () => (await Admin.SendAsync(new SetPriority(Actor.LocalUi, id, before), CancellationToken.None)).Refusal);
        }
        else
        {
            Toasts.Say(reply.Refusal, "");
        }

        await LoadAsync();
    }

    private static string QueryWord(string value) => value.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.') && value.Length > 0 ? value : $"\"{value.Replace("\"", "", StringComparison.Ordinal)}\"";
}

using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
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
    private readonly NewestAnswer _reads = new();

    /// <summary>As it was in the state when the store was asked; null: it had ended.</summary>
    private Job? _seen;

    /// <summary>Up to here its activities are known.</summary>
    private long _heard;

    [Parameter]
    [EditorRequired]
    public string Id { get; set; } = "";

    [Parameter]
    public EventCallback OnClose { get; set; }

    /// <summary>To the job above (−1) or below (1) in the list it was opened from; unset on its own page.</summary>
    [Parameter]
    public EventCallback<int> OnStep { get; set; }

    [Inject]
    private IExecutionPlans Plans { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    private Job Job => _record!.Job;

    private JobTypeView? Type => Model.JobType(Job.JobType);

    /// <summary>When the cancel ladder began; its next step is the end of the attempt's grace.</summary>
    private DateTimeOffset? AskedToStopAt => Job.Phase == JobPhase.Canceling ? Own("canceling")?.At : null;

    private bool IsHeard => Own(JobTimeline.CancelAcknowledged) is not null;

    /// <summary>What the worker's answer to a ping usually takes; null: nobody asked since it connected.</summary>
    private TimeSpan? Ping => Job.Worker is { } id && Model.Workers.FirstOrDefault(view => view.Worker.Id == id) is { } worker ? WorkerLook.Ping(worker) : null;

    /// <summary>What it was doing when it ended, unless the error or the result says the same.</summary>
    private string LastWord => Job is { IsTerminal: true, Attempt: not null } && Words.Doing(Job) is { Length: > 0 } word && word != Job.Error && word != Job.ResultSummary ? Words.Visible(word) : "";

    private DateTimeOffset? Countdown => Job.Phase is JobPhase.Scheduled or JobPhase.Backoff ? Job.DueAt : null;

    private int[] AttemptNumbers => [.. _record!.Attempts.Select(attempt => attempt.Number).Distinct().Order()];

    private int[] SilentAttempts => [.. _record!.Attempts
        .Where(attempt => Model.Workers.FirstOrDefault(view => view.Worker.Id == attempt.Worker) is { } worker && !WorkerLook.SendsOutput(worker))
        .Select(attempt => attempt.Number)];

    private bool HasUnknownPlan => _plan is null && _record!.Payload.Parameters.ContainsKey("task_params_pb");

    private bool HasParameters => _record!.Payload.Parameters.Count > 0 || _record.Payload.Detail.Length > 0 || !Job.Labels.IsEmpty;

    private IReadOnlyList<(string Name, string Title)> Parts =>
    [
        ("timeline", "Timeline"),
        .. Part("plan", "Plan", _plan is not null || HasUnknownPlan),
        .. Part("output", "Output", _record!.Attempts.Length > 0),
        .. Part("result", "Result", _record.Result is not null),
        .. Part("attempts", "Attempts", _record.Attempts.Length > 0),
        .. Part("parameters", "Parameters", HasParameters),
        ("activities", "Activities"),
        ("copy", "Copy as"),
    ];

    /// <summary>Names of parameters that a form calls sensitive.</summary>
    private HashSet<string> Secrets => [.. SecretFields.Names(Type?.Descriptor?.WorkerForm)];

    protected override Task OnInitializedAsync() => LoadAsync();

    /// <summary>Asks the store only when something moved that is kept there; what a worker says on its way comes with the state and the model.</summary>
    protected override async Task OnModelAsync()
    {
        var live = Admin.States.Current.Value.Jobs.GetValueOrDefault(new JobId(Id));
        if (_record is null || IsNews(live) || IsBehind)
        {
            await LoadAsync();
            return;
        }

        _record = live is null ? _record : _record with { Job = live };
        Hear([]);
        Say();
    }

    /// <summary>A change of state is heard also by who does not see it.</summary>
    private void Say() => Announcer.Say($"{Words.Name(Job)}: {Words.State(Job.State, Job.Phase, Job.Reason)}");

    /// <summary>More was said, by anybody, than the model looks back on.</summary>
    private bool IsBehind => !Model.Activities.IsEmpty && Model.Activities[^1].Sequence > _heard + 1;

    /// <summary>Progress is not: the store learns of it with the next change of another kind.</summary>
    private bool IsNews(Job? live) => _seen is not { } seen || live is null
        ? !ReferenceEquals(live, _seen)
        : seen != live with { Percent = seen.Percent, Stage = seen.Stage, Message = seen.Message, UpdatedAt = seen.UpdatedAt, WakeAt = seen.WakeAt };

    private async Task LoadAsync()
    {
        var id = new JobId(Id);
        var seen = Admin.States.Current.Value.Jobs.GetValueOrDefault(id);
        var (isNewest, (record, said)) = await _reads.OfAsync(ReadAsync(id));
        if (!isNewest)
        {
            return;
        }

        _missing = record is null;
        if (record is null)
        {
            return;
        }

        // Parameters never change, so that the plan is read once.
        _plan = _record is null ? Plans.Of(record.Job.JobType, record.Payload) : _plan;
        _record = Admin.States.Current.Value.Jobs.TryGetValue(id, out var open) ? record with { Job = open } : record;
        _seen = seen;
        Hear(said);
        Say();
    }

    private async Task<(JobRecord? Record, ImmutableArray<Activity> Said)> ReadAsync(JobId id)
    {
        if (await Admin.History.JobAsync(id, Gone) is not { } record)
        {
            return (null, []);
        }

        // What is usual changes slowly.
        _usual = _record is null ? StartEstimate.Usual(await Admin.History.RunsAsync(record.Job.JobType, succeeded: true, 20, Gone)) : _usual;
        return (record, await Admin.History.ActivitiesAsync(new ActivityFilter { Job = id, Limit = JobActivities.Limit }, Gone));
    }

    /// <summary>What was said before stays, what the store and the model say more is added.</summary>
    private void Hear(ImmutableArray<Activity> stored)
    {
        var id = new JobId(Id);
        var isHeard = Model.Activities.IsEmpty || Model.Activities[0].Sequence <= _heard;
        if (isHeard && stored.IsEmpty)
        {
            return;
        }

        _heard = isHeard ? _heard : Model.Activities[0].Sequence;
        _activities = [.. Model.Activities.Where(activity => activity.Job == id).Concat(stored).Concat(_activities)
            .DistinctBy(activity => activity.Sequence)
            .OrderByDescending(activity => activity.Sequence)
            .Take(JobActivities.Limit)];
    }

    private Activity? Own(string stage) => _activities.FirstOrDefault(activity => activity.Stage == stage && activity.Request == Job.Attempt?.RequestId);

    private async Task ForceAsync()
    {
        var reply = await Admin.SendAsync(new CancelJob(Who.Actor, Job.Id, "", Force: true), Gone);
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
        var reply = await Admin.SendAsync(new SetPriority(Who.Actor, id, priority), Gone);
        if (reply.IsAccepted)
        {
            Toasts.Say($"Priority {before} → {priority}.", async () => (await Admin.SendAsync(new SetPriority(Who.Actor, id, before), CancellationToken.None)).Refusal);
        }
        else
        {
            Toasts.Say(reply.Refusal, "");
        }

        await LoadAsync();
    }

    private static string QueryWord(string value) => value.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.') && value.Length > 0 ? value : $"\"{value.Replace("\"", "", StringComparison.Ordinal)}\"";

    private static IEnumerable<(string Name, string Title)> Part(string name, string title, bool isThere) => isThere ? [(name, title)] : [];
}

using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>All of one job, alive while it runs: over a list or as a page of its own.</summary>
public sealed partial class JobDetail : LiveComponent
{
    private JobRecord? _record;
    private ExecutionPlan? _plan;
    private ImmutableArray<Activity> _activities = [];
    private string _reply = "";
    private bool _refused;
    private JobId? _again;
    private bool _missing;
    private bool _busy;
    private Job? _seen;
    private long _lastActivity = -1;

    [Parameter]
    [EditorRequired]
    public string Id { get; set; } = "";

    [Parameter]
    public EventCallback OnClose { get; set; }

    [Inject]
    private AdminOptions Options { get; set; } = default!;

    [Inject]
    private IExecutionPlans Plans { get; set; } = default!;

    private Job Job => _record!.Job;

    private JobTypeView? Type => Model.JobType(Job.JobType);

    private JobView? InQueue => Job.State == JobState.Pending ? Type?.Queue.FirstOrDefault(view => view.Job.Id == Job.Id) : null;

    /// <summary>When the cancel ladder began; its next step is the end of the grace.</summary>
    private DateTimeOffset? AskedToStopAt => Job.Phase == JobPhase.Canceling ? _activities.FirstOrDefault(activity => activity.Stage == "canceling")?.At : null;

    private static readonly (int Value, string Text)[] Priorities = [(25, "Low"), (50, "Normal"), (75, "High"), (100, "Critical")];

    private sealed record Bar(string Key, string Label, string Kind, DateTimeOffset Start, DateTimeOffset? End, double From, double Width);

    protected override Task OnInitializedAsync() => LoadAsync();

    /// <summary>Asks the store only when the job or the timeline moved.</summary>
    protected override async Task OnModelAsync()
    {
        var type = _record is null ? null : Model.JobType(Job.JobType);
        var live = type?.Queue.FirstOrDefault(view => view.Job.Id.Value == Id)?.Job ?? type?.RecentEnded.FirstOrDefault(job => job.Id.Value == Id);
        var newest = Model.Activities.IsEmpty ? 0 : Model.Activities[0].Sequence;
        if (_record is null || (live is not null && !ReferenceEquals(live, _seen)) || (!Job.IsTerminal && newest != _lastActivity))
        {
            _seen = live;
            _lastActivity = newest;
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

        // Parameters never change, so that the plan is read once.
        _plan = _record is null ? Plans.Of(record.Job.JobType, record.Payload) : _plan;
        _record = Admin.States.Current.Value.Jobs.TryGetValue(id, out var open) ? record with { Job = open } : record;
        _activities = [.. Model.Activities.Where(activity => activity.Job == id).Concat(await Admin.History.ActivitiesAsync(new ActivityFilter { Job = id, Limit = 200 }, Gone))
            .DistinctBy(activity => activity.Sequence)
            .OrderByDescending(activity => activity.Sequence)];
    }

    private async Task ActAsync(Command<Job> command)
    {
        _busy = true;
        var reply = await Admin.SendAsync(command, Gone);
        (_reply, _refused) = (reply.IsAccepted ? (reply.Value.IsTerminal ? "Canceled." : "") : reply.Refusal.Text, !reply.IsAccepted);
        _busy = false;
        await LoadAsync();
    }

    private async Task SetPriorityAsync(string? text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var priority))
        {
            await ActAsync(new SetPriority(Actor.LocalUi, Job.Id, priority));
        }
    }

    private async Task RetryAsync()
    {
        _busy = true;
        var reply = await Admin.RetryAsync(Actor.LocalUi, new JobId(Id), Gone);
        (_reply, _refused) = (reply.IsAccepted ? "" : reply.Refusal.Text, !reply.IsAccepted);
        _again = reply.IsAccepted && reply.Value.Id != Job.Id ? reply.Value.Id : null;
        _busy = false;
        await LoadAsync();
    }

    private List<Bar> Bars
    {
        get
        {
            var start = Job.CreatedAt;
            var end = Job.CompletedAt ?? Model.At;
            var whole = Math.Max(1, (end - start).TotalMilliseconds);
            Bar Of(string key, string label, string kind, DateTimeOffset from, DateTimeOffset? to) =>
                new(key, label, kind, from, to, Math.Clamp((from - start).TotalMilliseconds / whole * 100, 0, 99), Math.Clamp(((to ?? end) - from).TotalMilliseconds / whole * 100, 0.7, 100));
            var bars = new List<Bar>();
            var free = start;
            foreach (var (attempt, index) in _record!.Attempts.Select((attempt, index) => (attempt, index)))
            {
                bars.Add(Of($"waiting {index}", index == 0 ? "Waited" : "Waited again", "waiting", free, attempt.SentAt));
                bars.Add(Of(
                    $"attempt {index}",
                    attempt.Outcome is AttemptOutcome.AtCapacity or AttemptOutcome.NotSent ? "Given back" : $"Attempt {attempt.Number}",
                    attempt.Outcome switch { AttemptOutcome.Succeeded => "succeeded", AttemptOutcome.Open => "running", AttemptOutcome.AtCapacity or AttemptOutcome.NotSent => "waiting", AttemptOutcome.Canceled => "canceled", _ => "failed" },
                    attempt.SentAt,
                    attempt.EndedAt));
                free = attempt.EndedAt ?? end;
            }

            if (Job.State == JobState.Pending || bars.Count == 0)
            {
                bars.Add(Of("waiting", bars.Count == 0 ? "Waiting" : "Waiting again", "waiting", free, Job.CompletedAt));
            }

            return bars;
        }
    }

    private static string Outcome(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Open => "under way",
        AttemptOutcome.AtCapacity => "given back: at capacity",
        AttemptOutcome.NotSent => "given back: not sent",
        AttemptOutcome.TimedOut => "timed out",
        AttemptOutcome.WorkerLost => "worker lost",
        var outcome => outcome.ToString().ToLowerInvariant(),
    };

    private static string F(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>All of one job, alive while it runs: over a list or as a page of its own.</summary>
public sealed partial class JobDetail : LiveComponent
{
    private const int LogShown = 48 * 1024;

    private readonly string _reason = "";
    private JobRecord? _record;
    private ImmutableArray<Activity> _activities = [];
    private string _log = "";
    private string _reply = "";
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
    private JobLogStore Logs { get; set; } = default!;

    private Job Job => _record!.Job;

    private Waiting? Waiting => Job.State == JobState.Pending
        ? Model.JobType(Job.JobType)?.Queue.FirstOrDefault(view => view.Job.Id == Job.Id)?.Waiting
        : null;

    private sealed record Bar(string Label, string Kind, DateTimeOffset Start, DateTimeOffset? End, double From, double Width);

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

        _record = Admin.States.Current.Value.Jobs.TryGetValue(id, out var open) ? record with { Job = open } : record;
        _activities = [.. Model.Activities.Where(activity => activity.Job == id).Concat(await Admin.History.ActivitiesAsync(new ActivityFilter { Job = id, Limit = 200 }, Gone))
            .DistinctBy(activity => activity.Sequence)
            .OrderByDescending(activity => activity.Sequence)];
        _log = await TailAsync(id, LogStream.Stdout) + await TailAsync(id, LogStream.Stderr);
    }

    private async Task<string> TailAsync(JobId id, LogStream stream)
    {
        var slice = await Logs.ReadAsync(id, Math.Max(1, Job.Attempt?.Number ?? 1), stream, -LogShown, LogShown, Gone);
        return slice is null ? "" : Encoding.UTF8.GetString(slice.Bytes.AsSpan());
    }

    private async Task ActAsync(Command<Job> command)
    {
        _busy = true;
        var reply = await Admin.SendAsync(command, Gone);
        _reply = reply.IsAccepted
            ? reply.Value.IsTerminal ? "Canceled." : "Asked the worker to stop; it is forced after 10 s."
            : reply.Refusal.Text;
        _busy = false;
        await LoadAsync();
    }

    private async Task RetryAsync()
    {
        _busy = true;
        var reply = await Admin.RetryAsync(Actor.LocalUi, new JobId(Id), Gone);
        _reply = reply.IsAccepted ? $"Queued as {reply.Value.Id}." : reply.Refusal.Text;
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
            Bar Of(string label, string kind, DateTimeOffset from, DateTimeOffset? to) =>
                new(label, kind, from, to, Math.Clamp((from - start).TotalMilliseconds / whole * 100, 0, 99), Math.Clamp(((to ?? end) - from).TotalMilliseconds / whole * 100, 0.7, 100));
            var first = _record!.Attempts.IsEmpty ? Job.CompletedAt : _record.Attempts[0].SentAt;
            return
            [
                Of("Waiting", "waiting", start, first),
                .. _record.Attempts.Select((attempt, index) => Of(
                    $"Attempt {attempt.Number}{(attempt.Outcome is AttemptOutcome.AtCapacity or AttemptOutcome.NotSent ? $" (given back {index + 1})" : "")}",
                    attempt.Outcome switch { AttemptOutcome.Succeeded => "succeeded", AttemptOutcome.Open => "running", AttemptOutcome.AtCapacity or AttemptOutcome.NotSent => "waiting", _ => "failed" },
                    attempt.SentAt,
                    attempt.EndedAt)),
            ];
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

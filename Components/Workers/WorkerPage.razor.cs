using System.Collections.Immutable;
using System.Data.Common;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Workers;

/// <summary>Everything about one worker. Its id is the rest of the address, slashes and all.</summary>
public sealed partial class WorkerPage : LiveComponent
{
    private const int JobsShown = 10;
    /// <summary>More only where more of the last hour are counted.</summary>
    private const int FailuresShown = 8;
    private const int ActivitiesShown = 15;

    private List<Job> _jobs = [];
    private List<Job> _failedJobs = [];
    private ImmutableArray<WorkerFailure> _failures = [];
    private ImmutableArray<WorkerView> _self = [];
    private List<Activity> _activities = [];
    private (long, long)? _read;
    private string _problem = "";
    private DateTimeOffset? _readAt;

    protected override TimeSpan RenderPace => TimeSpan.FromSeconds(1);

    [Parameter]
    public string Id { get; set; } = "";

    private WorkerView? View { get; set; }

    private IEnumerable<(string Name, string Value, bool Copies)> Facts => new[]
    {
        ("address", View!.Session?.RemoteAddress ?? View.Worker.Address, true), ("says it is at", View.Worker.Address, true), ("instance", View.Worker.InstanceId, true),
        ("version", View.Worker.WorkerVersion, false), ("protocol", View.Worker.ProtocolVersion, false),
    }.Where(fact => fact.Item2.Length > 0);

    private List<KeyValuePair<string, string>> Labels => [.. View!.Worker.Labels.Where(label => label.Key != "worker_id")];

    /// <summary>What stands there was read before the store could not be read.</summary>
    private string Stale => _problem.Length > 0 ? "stale" : "";

    private string Quoted => JobQueries.Quoted(Id);

    private string Skew => View?.Session?.Heartbeat?.Skew is { } skew ? skew.Duration() < TimeSpan.FromSeconds(1) ? "the same" : $"{(skew > TimeSpan.Zero ? "+" : "−")}{Words.Span(skew)}" : "–";

    protected override Task OnParametersSetAsync()
    {
        _read = null;
        return OnModelAsync();
    }

    protected override async Task OnModelAsync()
    {
        var before = View;
        View = Model.Worker(new WorkerId(Id));
        if (View is null)
        {
            return;
        }

        if (!ReferenceEquals(before, View))
        {
            _self = [View];
            _failures = WorkerFailure.From(View, _failedJobs, Math.Max(FailuresShown, View.Numbers.Failed));
        }

        // Read again when something was said about it, not with every heartbeat.
        var stand = (Model.Activities.FirstOrDefault(activity => activity.Worker == View.Worker.Id)?.Sequence ?? 0, (long)View.Running.Length);
        if (_read == stand)
        {
            return;
        }

        _read = stand;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            await ReadAsync(View!);
            (_problem, _readAt) = ("", Time.GetUtcNow());
        }
        catch (DbException exception)
        {
            _problem = exception.Message;
        }
    }

    private async Task ReadAsync(WorkerView view)
    {
        var ended = await Admin.History.JobsAsync(new JobFilter { Worker = view.Worker.Id, Limit = JobsShown }, Gone);
        var activities = await Admin.History.ActivitiesAsync(new ActivityFilter { Worker = view.Worker.Id, Limit = ActivitiesShown }, Gone);
        var failed = await Admin.History.JobsAsync(new JobFilter { Workers = [view.Worker.Id], States = [JobState.Failed], Limit = FailuresShown }, Gone);
        _failedJobs = [.. failed.Items];
        _failures = WorkerFailure.From(view, _failedJobs, Math.Max(FailuresShown, view.Numbers.Failed));
        var active = view.Running.ToDictionary(job => job.Id);
        (_jobs, _activities) = ([.. ended.Items.Select(job => active.GetValueOrDefault(job.Id, job))], [.. activities]);
    }
}

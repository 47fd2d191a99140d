using System.Collections.Immutable;
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
    private const int FailuresShown = 8;
    private const int ActivitiesShown = 15;

    private List<Job> _jobs = [];
    private List<Job> _failedJobs = [];
    private ImmutableArray<WorkerFailure> _failures = [];
    private ImmutableArray<WorkerView> _self = [];
    private List<Activity> _activities = [];
    private (long, long)? _read;

    protected override TimeSpan RenderPace => TimeSpan.FromSeconds(1);

    [Parameter]
    public string Id { get; set; } = "";

    private WorkerView? View { get; set; }

    private IEnumerable<(string Name, string Value)> Facts => new[]
    {
        ("address", View!.Session?.RemoteAddress ?? View.Worker.Address), ("says it is at", View.Worker.Address), ("instance", View.Worker.InstanceId),
        ("version", View.Worker.WorkerVersion), ("protocol", View.Worker.ProtocolVersion),
    }.Where(fact => fact.Item2.Length > 0);

    private List<KeyValuePair<string, string>> Labels => [.. View!.Worker.Labels.Where(label => label.Key != "worker_id")];

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
            _failures = WorkerFailure.From(View, _failedJobs, FailuresShown);
        }

        // Read again when something was said about it, not with every heartbeat.
        var stand = (Model.Activities.FirstOrDefault(activity => activity.Worker == View.Worker.Id)?.Sequence ?? 0, (long)View.Running.Length);
        if (_read == stand)
        {
            return;
        }

        _read = stand;
        var ended = await Admin.History.JobsAsync(new JobFilter { Worker = View.Worker.Id, Limit = JobsShown }, Gone);
        var activities = await Admin.History.ActivitiesAsync(new ActivityFilter { Worker = View.Worker.Id, Limit = ActivitiesShown }, Gone);
        var failed = await Admin.History.JobsAsync(new JobFilter { Workers = [View.Worker.Id], States = [JobState.Failed], Limit = FailuresShown }, Gone);
        _failedJobs = [.. failed.Items];
        _failures = WorkerFailure.From(View, _failedJobs, FailuresShown);
        var active = View.Running.ToDictionary(job => job.Id);
        (_jobs, _activities) = ([.. ended.Items.Select(job => active.GetValueOrDefault(job.Id, job))], [.. activities]);
    }
}

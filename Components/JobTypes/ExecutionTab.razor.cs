using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>Jobs that run or ran, of a type or of several, and what was said of them.</summary>
public sealed partial class ExecutionTab
{
    private const int LinesShown = 25;

    private static readonly (string? State, string Text)[] States = [(null, "All"), ("assigned", "Assigned"), ("running", "Running"), ("succeeded", "Succeeded"), ("failed", "Failed"), ("canceled", "Canceled")];
    private static readonly ImmutableArray<JobColumn> ColumnsOfOne = JobColumn.Read("state,job,attempt,progress,worker,wait,run,updated");
    private static readonly ImmutableArray<JobColumn> ColumnsOfAll = JobColumn.Read("state,job,type,progress,worker,run,updated");

    private JobCount? _count;
    private ImmutableArray<Activity> _lines = [];
    private (ImmutableArray<Activity> Activities, TypeScope? Scope) _linesOf;

    [Parameter]
    [EditorRequired]
    public TypeScope Scope { get; set; } = default!;

    /// <summary>What can be chosen from; empty: the type is settled.</summary>
    [Parameter]
    public IReadOnlyList<JobTypeView> Types { get; set; } = [];

    [SupplyParameterFromQuery]
    private string? State { get; set; }

    [SupplyParameterFromQuery]
    private string? Since { get; set; }

    [SupplyParameterFromQuery]
    private string? Until { get; set; }

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    private RunsFilter Asked => RunsFilter.From(States.Select(known => known.State), State, Since, Until);

    /// <summary>What waits is in the queue, not here.</summary>
    private JobQuery Query => All.With("state", Asked.State is { } one ? [one] : ["active", "ended"]);

    private JobQuery All => Scope.Narrow(Asked.Times("updated"));

    protected override void OnParametersSet() => TakeLines();

    protected override Task OnModelAsync()
    {
        TakeLines();
        return Task.CompletedTask;
    }

    private string Number(string? state) => _count is null ? "…" : $"{(_count.IsExact ? "" : "≈ ")}{Words.Number(state is null
        ? _count.ByState.Where(pair => pair.Key != JobState.Pending).Sum(pair => pair.Value)
        : _count.ByState.GetValueOrDefault(Enum.Parse<JobState>(state, ignoreCase: true)))}";

    /// <summary>Of one type exactly; a million jobs of all types are not counted once a second.</summary>
    private async Task CountAsync() => _count = await Admin.History.CountAsync(All.Filter(Time.GetUtcNow()), exactly: Scope.JobType is not null, Gone);

    private void TakeLines()
    {
        if (_linesOf.Activities != Model.Activities || _linesOf.Scope?.Names.SequenceEqual(Scope.Names) != true)
        {
            _linesOf = (Model.Activities, Scope);
            _lines = [.. Model.Activities.Where(line => line.Job is not null && Scope.Has(line.JobType)).Take(LinesShown)];
        }
    }
}

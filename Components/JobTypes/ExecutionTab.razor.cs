using System.Collections.Immutable;
using System.Data.Common;
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

    /// <summary>Of a type, most lines are about its jobs; the others are passed over.</summary>
    private const int LinesRead = 200;

    private static readonly (string? State, string Text)[] States = [(null, "All"), ("assigned", "Assigned"), ("running", "Running"), ("succeeded", "Succeeded"), ("failed", "Failed"), ("canceled", "Canceled")];
    private static readonly ImmutableArray<JobColumn> ColumnsOfOne = JobColumn.Read("state,job,attempt,progress,worker,wait,run,updated");
    private static readonly ImmutableArray<JobColumn> ColumnsOfAll = JobColumn.Read("state,job,type,progress,worker,run,updated");

    private JobCount? _count;
    private Paced? _recount;
    private ImmutableArray<Activity> _lines = [];
    private (ImmutableArray<Activity> Activities, TypeScope? Scope) _linesOf;

    /// <summary>From the store, where memory has too few: it begins anew with each start of the admin.</summary>
    private ImmutableArray<Activity> _older = [];
    private TypeScope? _olderOf;

    [Parameter]
    [EditorRequired]
    public TypeScope Scope { get; set; } = default!;

    /// <summary>What can be chosen from; empty: the type is settled.</summary>
    [Parameter]
    public IReadOnlyList<JobTypeView> Types { get; set; } = [];

    private RunsFilter Asked => RunsFilter.From(States.Select(known => known.State), Navigation);

    private string? After => Navigation.Said("after");

    /// <summary>What waits is in the queue, not here.</summary>
    private JobQuery Query => Asked.In(All, "active", "ended");

    private JobQuery All => Scope.Narrow(Asked.Query("updated"));

    protected override async Task OnParametersSetAsync()
    {
        TakeLines();
        if (_lines.Length < LinesShown && _olderOf?.Names.SequenceEqual(Scope.Names) != true)
        {
            await ReadOlderAsync();
        }
    }

    protected override Task OnModelAsync()
    {
        TakeLines();
        return Task.CompletedTask;
    }

    private string Number(string? state) => _count is null ? "…" : $"{(_count.IsExact ? "" : "≈ ")}{Words.Number(state is null
        ? _count.ByState.Where(pair => pair.Key != JobState.Pending).Sum(pair => pair.Value)
        : _count.ByState.GetValueOrDefault(Enum.Parse<JobState>(state, ignoreCase: true)))}";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (_recount?.EndedAsync() ?? Task.CompletedTask);
    }

    /// <summary>Of one type and of all times exactly: that is added up in advance. Anything else of a million jobs is not counted once a second.</summary>
    private async Task CountAsync()
    {
        _count = await Admin.History.CountAsync(All.Filter(Time.GetUtcNow()), exactly: Scope.JobType is not null && Asked.IsWide, Gone);
        Announcer.Say($"{Number("running")} running, {Number("succeeded")} succeeded, {Number("failed")} failed");
        if (_count.IsOld)
        {
            _recount ??= new Paced(Time, TimeSpan.FromSeconds(1), RecountAsync, DispatchExceptionAsync, Gone);
            await _recount.AskAsync();
        }
    }

    private async Task RecountAsync()
    {
        await CountAsync();
        StateHasChanged();
    }

    private async Task ReadOlderAsync()
    {
        _olderOf = Scope;
        try
        {
            var read = await Admin.History.ActivitiesAsync(new ActivityFilter { JobTypes = Scope.Names, Limit = LinesRead }, Gone);
            _older = [.. read.Where(line => line.Job is not null)];
        }
        catch (DbException)
        {
            // The list above says that the store cannot be read; what is in memory is shown all the same.
            _older = [];
        }

        _linesOf = default;
        TakeLines();
    }

    private void TakeLines()
    {
        if (_linesOf.Activities != Model.Activities || _linesOf.Scope?.Names.SequenceEqual(Scope.Names) != true)
        {
            _linesOf = (Model.Activities, Scope);
            var recent = Model.Activities.Where(line => line.Job is not null && Scope.Has(line.JobType)).Take(LinesShown).ToList();
            _lines = recent.Count == LinesShown ? [.. recent] : [.. recent.Concat(_older.Where(line => Scope.Has(line.JobType))).DistinctBy(line => line.Sequence).OrderByDescending(line => line.Sequence).Take(LinesShown)];
        }
    }
}

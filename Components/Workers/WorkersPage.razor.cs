using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Workers;

/// <summary>All workers, trouble first. What the address asks for is picked out when the list or the address changes, not at each render.</summary>
public sealed partial class WorkersPage : LiveComponent
{
    /// <summary>Longer lists are drawn only where they are looked at.</summary>
    private const int Drawn = 60;

    private WorkersView _view = WorkersView.Empty;
    private (System.Collections.Immutable.ImmutableArray<WorkerView> Workers, WorkersFilter Filter)? _picked;

    protected override TimeSpan RenderPace => TimeSpan.FromSeconds(1);

    [Parameter]
    public string? Lane { get; set; }

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    [SupplyParameterFromQuery]
    private string? Health { get; set; }

    [SupplyParameterFromQuery(Name = "type")]
    private string? JobType { get; set; }

    /// <summary>As the other lists say it.</summary>
    [SupplyParameterFromQuery]
    private string? Job { get; set; }

    [SupplyParameterFromQuery]
    private string? Label { get; set; }

    [SupplyParameterFromQuery]
    private string? Version { get; set; }

    [SupplyParameterFromQuery(Name = "lane")]
    private string? LaneName { get; set; }

    private WorkersFilter Filter => new(WorkersView.Healths.Any(known => known.Health == Health) ? Health! : "", JobType ?? Job ?? "", Label ?? "", Version ?? "", Lane ?? LaneName ?? "", Q?.Trim() ?? "");

    private List<WorkerView> Rows { get; set; } = [];

    /// <summary>Trouble before everything.</summary>
    private string State => Model.Workers.IsEmpty ? ""
        : Model.Totals.WorkersUnhealthy > 0 ? $"{Words.Number(Model.Totals.WorkersUnhealthy)} unhealthy"
        : $"{Words.Number(Model.Totals.WorkersHealthy)} healthy";

    protected override void OnParametersSet() => Pick();

    protected override Task OnModelAsync()
    {
        Pick();
        Announcer.Say($"{Words.Count(_view.Shown.Length, "worker")}{string.Concat(WorkersView.Healths.Select(each => (each.Text, Number: _view.ByHealth.GetValueOrDefault(each.Health))).Where(each => each.Number > 0).Select(each => $", {Words.Number(each.Number)} {each.Text.ToLowerInvariant()}"))}");
        return Task.CompletedTask;
    }

    private void Pick()
    {
        if (_picked is { } picked && picked.Workers == Model.Workers && picked.Filter == Filter)
        {
            return;
        }

        _picked = (Model.Workers, Filter);
        _view = WorkersView.Of(Model, Filter);
        Rows = [.. _view.Shown];
    }

    private string Without(string name) => Navigation.GetUriWithQueryParameter(name, (string?)null);

    /// <summary>The job type goes by its usual name from then on.</summary>
    private void Go(string name, string? value)
    {
        var parameters = new Dictionary<string, object?> { ["type"] = Filter.JobType, ["job"] = null, [name] = value };
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(parameters.ToDictionary(pair => pair.Key, pair => pair.Value is "" ? null : pair.Value)));
    }
}

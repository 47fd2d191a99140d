using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Queries;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What an address asks of a queue; its times are about when jobs were created.</summary>
public static class QueueFilter
{
    public static readonly IReadOnlyList<(string? State, string Text)> States = [(null, "All"), ("pending", "Pending"), ("assigned", "Assigned"), ("running", "Running")];

    public static RunsFilter From(NavigationManager navigation) => RunsFilter.From(States.Select(known => known.State), navigation);

    public static JobQuery Query(RunsFilter asked) => asked.In(asked.Query("created"), "pending", "active");
}

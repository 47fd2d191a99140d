using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Queries;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What an address asks of a queue: no times, for it is about now.</summary>
public static class QueueFilter
{
    /// <summary>Those of an address that it reads.</summary>
    public static readonly ImmutableArray<string> Parameters = ["state", "worker", "q"];

    public static readonly IReadOnlyList<(string? State, string Text)> States = [(null, "All"), ("pending", "Pending"), ("assigned", "Assigned"), ("running", "Running")];

    public static RunsFilter From(NavigationManager navigation) =>
        RunsFilter.From(States.Select(known => known.State), navigation.Said("state"), null, null, navigation.Said("worker"), navigation.Said("q"));

    public static JobQuery Query(RunsFilter asked) => asked.In(asked.Query("created"), "pending", "active");
}

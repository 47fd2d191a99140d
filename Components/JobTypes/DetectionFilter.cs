using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What an address asks of detections: how they stand, who detected, when they began, and a text that they say.</summary>
/// <param name="Statuses">Empty: any.</param>
public sealed record DetectionFilter(RunsFilter Asked, TimeRange Times, ImmutableArray<DetectionStatus> Statuses)
{
    /// <summary>Those of an address that it reads.</summary>
    public static readonly ImmutableArray<string> Parameters = ["state", "worker", "since", "until", "q"];

    public static readonly IReadOnlyList<(string? State, string Text, ImmutableArray<DetectionStatus> Statuses)> States =
    [
        (null, "All", []),
        ("open", "Open", [DetectionStatus.Requested, DetectionStatus.Proposing]),
        ("succeeded", "Succeeded", [DetectionStatus.Succeeded]),
        ("failed", "Failed", [DetectionStatus.Failed, DetectionStatus.TimedOut]),
        ("canceled", "Canceled", [DetectionStatus.Canceled]),
        ("skipped", "Skipped", [DetectionStatus.Skipped]),
        ("interrupted", "Interrupted", [DetectionStatus.Interrupted]),
    ];

    public bool IsAny => Asked.Count == 0;

    public static DetectionFilter From(NavigationManager navigation, DateTimeOffset now)
    {
        var asked = RunsFilter.From(States.Select(known => known.State), navigation.Said("state"), navigation.Said("since"), navigation.Said("until"), navigation.Said("worker"));
        return new DetectionFilter(asked with { Text = navigation.Said("q")?.Trim() ?? "" }, TimeTerm.Between(asked.Since, asked.Until, now) ?? default, States.First(known => known.State == asked.State).Statuses);
    }

    public bool Has(Detection detection) => Times.Has(detection.StartedAt)
        && (Statuses.IsEmpty || Statuses.Contains(detection.Status))
        && (Asked.Worker.Length == 0 || detection.Worker.Value == Asked.Worker)
        && (Asked.Text.Length == 0 || Says(detection).Any(text => text?.Contains(Asked.Text, StringComparison.OrdinalIgnoreCase) == true));

    /// <summary>What is read of one in a list; plain text, not a query.</summary>
    private static IEnumerable<string?> Says(Detection detection) => [detection.Id.Value, detection.JobType, detection.Worker.Value, Words.Look(detection).Text, Words.Mode(detection.Mode), detection.Message, detection.Error];

    /// <summary>Whether one that began before this may be asked for.</summary>
    public bool GoesBeyond(Detection detection) => Times.From is not { } from || detection.StartedAt >= from;
}

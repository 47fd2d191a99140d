using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Operations;

/// <summary>Begins an operation; accepted means it goes on by itself. Of query and jobs one.</summary>
/// <param name="Reason">Goes into the timeline; required.</param>
/// <param name="Expected">How many its author saw.</param>
/// <param name="Filter">How <paramref name="Jobs"/> were found, in words; empty: they were picked one by one.</param>
public sealed record StartBulk(
    Actor By,
    BulkAction Action,
    string Query,
    ImmutableArray<JobId> Jobs,
    string Reason,
    long Expected = 0,
    int Priority = 50,
    ImmutableSortedDictionary<string, string>? Labels = null,
    string Filter = "") : Command<BulkOperation>(By, Permission.JobsControl);

/// <summary>No job is begun any more.</summary>
public sealed record StopBulk(Actor By, string Operation) : Command<BulkOperation>(By, Permission.JobsControl);

/// <summary>The runner tells what it did; <paramref name="IsOver"/>: that was all.</summary>
public sealed record AdvanceBulk(string Operation, BulkProgress Progress, bool IsOver) : Command<BulkOperation>(Actor.Scheduler, Permission.JobsControl);

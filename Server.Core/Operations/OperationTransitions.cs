using System.Collections.Immutable;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.Server.Core.Operations;

/// <summary>The life of bulk operations. What they do to jobs, jobs decide: each is asked by a command of its own.</summary>
public static class OperationTransitions
{
    /// <summary>Ended ones that are remembered.</summary>
    public const int Kept = 50;

    private const int MostOpen = 10;
    private const int LongestReason = 500;
    private const int LongestFilter = 500;

    public static Reply<BulkOperation> Start(Turn turn, StartBulk command)
    {
        if (Problem(command) is { } problem)
        {
            return new Refusal(RefusalCode.Invalid, problem);
        }

        if (turn.State.Operations.Count(operation => operation.IsOpen) >= MostOpen)
        {
            return new Refusal(RefusalCode.Exhausted, $"{MostOpen} operations are at work; wait for one, or stop one");
        }

        var operation = new BulkOperation
        {
            Id = turn.Ids.Request("bulk", turn.Now).Value,
            Action = command.Action,
            Query = command.Query,
            Jobs = command.Jobs,
            Filter = command.Filter.Length <= LongestFilter ? command.Filter : command.Filter[..LongestFilter] + "…",
            Priority = command.Priority,
            Labels = command.Labels ?? ImmutableSortedDictionary<string, string>.Empty,
            Reason = command.Reason.Trim(),
            By = command.By.Name,
            Via = command.By.Via,
            StartedAt = turn.Now.Wall,
            Expected = command.Jobs.IsEmpty ? command.Expected : command.Jobs.Length,
        };
        turn.Put(operation);
        return operation;
    }

    public static Reply<BulkOperation> Stop(Turn turn, StopBulk command)
    {
        if (Find(turn, command.Operation) is not { } operation)
        {
            return NotFound(command.Operation);
        }

        if (operation.State != OperationState.Running)
        {
            return new Refusal(RefusalCode.WrongState, $"operation {operation.Id} is not running any more");
        }

        var stopping = operation with { State = OperationState.Stopping };
        turn.Put(stopping);
        Log(turn, stopping, "bulk_stopping", $"{Words(operation)} is to stop", command.By.Name);
        return stopping;
    }

    public static Reply<BulkOperation> Advance(Turn turn, AdvanceBulk command)
    {
        if (Find(turn, command.Operation) is not { IsOpen: true } operation)
        {
            return NotFound(command.Operation);
        }

        var progress = command.Progress;
        var next = operation with
        {
            Changed = operation.Changed + progress.Changed.Length,
            ChangedJobs = Newest(operation.ChangedJobs, progress.Changed),
            Skipped = progress.Skipped.Aggregate(operation.Skipped, (all, one) => all.SetItem(one.Why, all.GetValueOrDefault(one.Why) + 1)),
            SkippedJobs = Newest(operation.SkippedJobs, progress.Skipped),
            Failed = operation.Failed + progress.Failed.Length,
            Failures = Newest(operation.Failures, progress.Failed),
        };
        if (command.IsOver)
        {
            End(turn, next, next.State == OperationState.Stopping ? OperationState.Stopped : OperationState.Done);
        }
        else
        {
            turn.Put(next);
        }

        return Find(turn, command.Operation)!;
    }

    /// <summary>Nobody goes on with what another process had begun.</summary>
    public static void Recover(Turn turn, ImmutableArray<BulkOperation> stored)
    {
        foreach (var operation in stored)
        {
            if (operation.IsOpen)
            {
                End(turn, operation, OperationState.Interrupted);
            }
            else
            {
                turn.Put(operation, save: false);
            }
        }
    }

    /// <summary>"bulk cancel of jobs that match type:vacuum".</summary>
    public static string Words(BulkOperation operation) => $"bulk {Verb(operation)} of "
        + (operation.Filter.Length > 0 ? $"{operation.Jobs.Length} jobs that match {operation.Filter}"
            : operation.Jobs.Length > 0 ? $"{operation.Jobs.Length} picked jobs" : operation.Query.Length > 0 ? $"jobs that match {operation.Query}" : "all jobs");

    private static string Verb(BulkOperation operation) => operation.Action switch
    {
        BulkAction.SetPriority => $"change of priority to {operation.Priority}",
        BulkAction.SetLabels => "change of labels",
        _ => operation.Action.ToString().ToLowerInvariant(),
    };

    private static void End(Turn turn, BulkOperation operation, OperationState state)
    {
        var ended = operation with { State = state, EndedAt = turn.Now.Wall };
        turn.Put(ended);
        var how = state switch { OperationState.Stopped => "was stopped", OperationState.Interrupted => "was interrupted by a restart", _ => "is done" };
        Log(turn, ended, "bulk_ended", $"{Words(ended)} {how}: {ended.Seen} matched, {ended.Changed} changed, {ended.Skipped.Values.Sum()} skipped, {ended.Failed} failed; {ended.Reason}", ended.By, Audit(ended));
    }

    /// <summary>All of it in one entry: operations are forgotten long before the timeline.</summary>
    private static ConfigValues Audit(BulkOperation operation) => ConfigValues.From(
    [
        new("action", new ConfigValue.Text(JsonNamingPolicy.SnakeCaseLower.ConvertName(operation.Action.ToString()))),
        new("filter", new ConfigValue.Text(operation.Filter.Length > 0 ? operation.Filter : operation.Query)),
        new("reason", new ConfigValue.Text(operation.Reason)),
        new("by", new ConfigValue.Text(operation.By)),
        new("via", new ConfigValue.Text(operation.Via)),
        new("matched", new ConfigValue.Int64(operation.Seen)),
        new("changed", new ConfigValue.Int64(operation.Changed)),
        new("skipped", new ConfigValue.Int64(operation.Skipped.Values.Sum())),
        new("failed", new ConfigValue.Int64(operation.Failed)),
        .. operation.Skipped.Select(skipped => KeyValuePair.Create<string, ConfigValue>($"skipped: {skipped.Key}", new ConfigValue.Int64(skipped.Value))),
    ]);

    private static string? Problem(StartBulk command)
    {
        if (string.IsNullOrWhiteSpace(command.Reason) || command.Reason.Length > LongestReason)
        {
            return $"say why, in 1 to {LongestReason} characters";
        }

        if (command.Reason.Contains('\0', StringComparison.Ordinal))
        {
            return "NUL is no character of a reason";
        }

        if (command.Jobs.Length > BulkOperation.MostJobs)
        {
            return $"one operation takes up to {BulkOperation.MostJobs} jobs";
        }

        if (JobQuery.Parse(command.Query).Errors is [var error, ..])
        {
            return error.Text;
        }

        return Problem(command.Action, command.Priority, command.Labels);
    }

    /// <summary>What is to be done to each job cannot be done to any; null: it may.</summary>
    public static string? Problem(BulkAction action, int priority, ImmutableSortedDictionary<string, string>? labels) => action switch
    {
        BulkAction.SetPriority when priority is < 0 or > 100 => "a priority is from 0 to 100",
        BulkAction.SetLabels when labels is not { Count: > 0 } => "say which labels",
        BulkAction.SetLabels => LabelRules.Check(labels).FirstOrDefault()?.Message,
        _ => null,
    };

    private static ImmutableArray<T> Newest<T>(ImmutableArray<T> before, ImmutableArray<T> added) =>
        added.IsEmpty ? before : [.. before.Concat(added).TakeLast(BulkOperation.OutcomesKept)];

    private static BulkOperation? Find(Turn turn, string id) => turn.State.Operations.FirstOrDefault(operation => operation.Id == id);

    private static Refusal NotFound(string id) => new(RefusalCode.NotFound, $"operation {id} is not known");

    private static void Log(Turn turn, BulkOperation operation, string stage, string message, string actor, ConfigValues? details = null) => turn.Log(new Activity
    {
        Sequence = 0,
        At = default,
        Source = "person",
        Stage = stage,
        Message = message,
        Actor = actor,
        Details = details ?? ConfigValues.Empty,
        Request = new Links.RequestId(operation.Id),
    });
}

using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Changes what is kept; null = as the admin was started with.</summary>
/// <param name="Expected">The limits that were read; null: the last writer wins.</param>
public sealed record SaveRetention(Actor By, RetentionLimits? Limits, RetentionLimits? Expected = null) : Command<RetentionLimits>(By, Permission.SystemControl);

/// <summary>The row that holds what people changed.</summary>
internal sealed record StoredRetention(RetentionLimits? Limits, RetentionChange? Change = null);

/// <summary>What is kept is data: less of it is deleted from the next commit on, a batch at a time.</summary>
public static class RetentionTransitions
{
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public static Reply<RetentionLimits> Save(Turn turn, SaveRetention command)
    {
        if (command.Limits is { } limits && Fault(limits) is { } fault)
        {
            return new Refusal(RefusalCode.Invalid, fault);
        }

        var before = turn.State.RetentionOf(turn.Options);
        if (command.Expected is { } expected && expected != before)
        {
            return new Refusal(RefusalCode.Conflict, "what is kept was changed by somebody else meanwhile; look at it and save again");
        }

        var change = new RetentionChange(turn.Now.Wall, command.By.Name, before);
        turn.Put(command.Limits, change);
        turn.Save(new Change.RetentionSaved(command.Limits, change));
        var now = turn.State.RetentionOf(turn.Options);
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "person",
            Stage = "settings",
            Message = $"retention {(command.Limits is null ? "as the admin was started with" : "saved")}: ended jobs {now.Jobs}, at least {now.RunsKept} of a kind; {now.Activities} activities, {now.DetectionsPerJobType} detections and {now.ConfigVersions} config versions of each type",
            Actor = command.By.Name,
        });
        return now;
    }

    private static string? Fault(RetentionLimits limits) =>
        limits.Jobs < Shortest || limits.Jobs > Longest ? "ended jobs are kept for 1 hour to 3650 days"
        : limits.RunsKept is < 1 or > 10_000 ? "at least 1 to 10000 successes and errors of each type are kept"
        : limits.Activities is < 1_000 or > 10_000_000 ? "1000 to 10000000 activities are kept"
        : limits.DetectionsPerJobType is < 1 or > 10_000 ? "1 to 10000 detections of each type are kept"
        : limits.ConfigVersions is < 1 or > 10_000 ? "1 to 10000 config versions of each type are kept"
        : null;
}

using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Pure: how long a worker that was asked to stop still holds its lease.</summary>
public static class CancelLadder
{
    /// <summary>The longest grace that may be asked for; the shortest is none.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public const string Range = "grace is 0 s to 1 h; left out it is the admin's own, 10 s unless set otherwise";

    public static bool IsGrace(TimeSpan? grace) => grace is null || (grace >= TimeSpan.Zero && grace <= Longest);

    /// <summary>An end that is nearer already stays.</summary>
    public static Attempt Begin(Attempt attempt, TimeSpan grace, Now now) =>
        attempt.CancelUntil <= now.Stamp + grace ? attempt : Ends(attempt with { CancelGrace = grace }, now.Stamp + grace, now);

    /// <summary>It is told again when it comes back, so that it has its usual time from there on.</summary>
    public static Attempt Renew(Attempt attempt, TimeSpan usual, Now now)
    {
        var least = now.Stamp + Least(attempt, usual);
        return attempt.CancelUntil >= least ? attempt : Ends(attempt, least, now);
    }

    /// <summary>What the stored date leaves of the grace; the usual time at least, in which a worker can come back and hear it, and never more than the whole.</summary>
    public static Attempt Restore(Attempt attempt, TimeSpan usual, Now now)
    {
        var (grace, least) = (attempt.CancelGrace ?? usual, Least(attempt, usual));
        var left = attempt.ForcedAt is { } date ? date - now.Wall : grace;
        return Ends(attempt with { CancelGrace = grace }, now.Stamp + (left < least ? least : left > grace ? grace : left), now);
    }

    private static TimeSpan Least(Attempt attempt, TimeSpan usual) => attempt.CancelGrace < usual ? attempt.CancelGrace.Value : usual;

    private static Attempt Ends(Attempt attempt, TimeSpan stamp, Now now) => attempt with { CancelUntil = stamp, ForcedAt = now.Wall + (stamp - now.Stamp) };
}

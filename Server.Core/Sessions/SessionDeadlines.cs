using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Sessions;

/// <summary>When a session next needs a look, and how long it may be silent: workers of ours by the interval they were asked for, others by their own rhythm.</summary>
public static class SessionDeadlines
{
    public static TimeSpan UnhealthyAfter(Session session, AdminOptions options) =>
        Interval(session, options) * options.UnhealthyAfterMissed;

    public static TimeSpan LostAfter(Session session, AdminOptions options)
    {
        var missed = Interval(session, options) * options.LostAfterMissed;
        var floor = IsOurs(session) ? TimeSpan.FromSeconds(30) : options.ForeignLostAfter;
        return missed > floor ? missed : floor;
    }

    public static TimeSpan? Next(Session session, WorkerHealth health, AdminOptions options, Now now)
    {
        var next = session.LastHeard + (health == WorkerHealth.Healthy ? UnhealthyAfter(session, options) : LostAfter(session, options));
        if (session.SchemaDeadline is { } schema && schema < next)
        {
            next = schema;
        }

        if (session.ClaimsUntil is { } claims && claims < next)
        {
            next = claims;
        }

        if (session.CapacityPauseUntil is { } pause && pause > now.Stamp && pause < next)
        {
            next = pause;
        }

        foreach (var cooled in session.Cooling)
        {
            next = cooled < next ? cooled : next;
        }

        return next;
    }

    private static bool IsOurs(Session session) => session.Extensions.Count > 0;

    /// <summary>How often it is expected to beat.</summary>
    public static TimeSpan Interval(Session session, AdminOptions options)
    {
        // Until a foreign worker has beaten twice its rhythm is not known; then only the longest silence counts.
        var own = IsOurs(session) ? options.HeartbeatInterval : session.Rhythm > TimeSpan.Zero ? session.Rhythm : options.ForeignLostAfter / options.LostAfterMissed;
        return own < options.HeartbeatInterval ? options.HeartbeatInterval : own;
    }
}

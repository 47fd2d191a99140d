using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>
/// A foreign worker that lists its work in heartbeats, and goes on without one of our jobs in the list, has forgotten it. One
/// heartbeat proves nothing: it may be older than the job, or than its slot.
/// </summary>
public static class ForgottenWork
{
    private static readonly TimeSpan AfterDispatch = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(30);

    /// <summary>The session with what this heartbeat says about the jobs it holds.</summary>
    public static Session Noted(Turn turn, Session session, Heartbeat beat)
    {
        if (session.Extensions.Count > 0)
        {
            return session;
        }

        var lists = session.ListsWork || beat.RunningWork.Any(work => !work.IsDetection);
        return session with
        {
            ListsWork = lists,
            Unlisted = lists && session.Held.Count > 0 ? Unlisted(turn, session, beat) : ImmutableDictionary<JobId, TimeSpan>.Empty,
        };
    }

    public static void Lose(Turn turn, SessionId id)
    {
        foreach (var (job, since) in turn.State.Sessions[id].Unlisted)
        {
            if (turn.Now.Stamp - since >= ForgottenAfter && turn.State.Jobs.GetValueOrDefault(job) is { IsActive: true } held && held.Attempt?.Session == id)
            {
                JobFlow.Apply(turn, held, new JobInput.Lose("the worker's heartbeats no longer list the job"));
            }
        }
    }

    private static ImmutableDictionary<JobId, TimeSpan> Unlisted(Turn turn, Session session, Heartbeat beat)
    {
        var listed = beat.RunningWork.Where(work => !work.IsDetection).Select(work => new JobId(work.WorkId)).ToHashSet();
        return session.Held.Values
            .Where(job => !listed.Contains(job) && turn.State.Jobs[job].Attempt is { } attempt && turn.Now.Wall - attempt.SentAt >= AfterDispatch)
            .ToImmutableDictionary(job => job, job => session.Unlisted.GetValueOrDefault(job, turn.Now.Stamp));
    }
}

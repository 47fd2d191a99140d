using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Sessions;

/// <summary>Since when heartbeats leave out a job that was sent, and how many did.</summary>
public readonly record struct Unlisted(TimeSpan Since, int Beats);

/// <summary>
/// A foreign worker may lose a job without a word, and its attempts outlive nothing that would show it. One that lists what it works
/// on has forgotten what it leaves out for long; of one that never lists anything, a day without a word about a job says the same.
/// </summary>
public static class ForgottenWork
{
    private static readonly TimeSpan JustSent = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeftOut = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Unheard = TimeSpan.FromHours(24);

    public static void Check(Turn turn, SessionId id, Heartbeat beat)
    {
        var session = turn.State.Sessions[id];
        if (session.Extensions.Count > 0)
        {
            return;
        }

        var lists = session.ListsWork || !beat.RunningWork.IsEmpty || beat.Metadata.GetValueOrDefault("runtime") == "plugin";
        var listed = beat.RunningWork.Select(work => work.WorkId).ToHashSet(StringComparer.Ordinal);
        var unlisted = ImmutableDictionary.CreateBuilder<JobId, Unlisted>();
        var lost = new List<(Job Job, string Why)>();
        foreach (var job in session.Held.Values.Select(held => turn.State.Jobs[held]))
        {
            if (!lists)
            {
                if (turn.Now.Wall - job.UpdatedAt >= Unheard)
                {
                    lost.Add((job, "the worker has said nothing about it for a day"));
                }
            }
            else if (!listed.Contains(job.Id.Value) && turn.Now.Wall - job.Attempt!.SentAt >= JustSent)
            {
                // One heartbeat proves nothing: it may have been written before the worker took note.
                var before = session.Unlisted.GetValueOrDefault(job.Id, new Unlisted(turn.Now.Stamp, 0));
                var now = before with { Beats = before.Beats + 1 };
                unlisted.Add(job.Id, now);
                if (now.Beats >= 2 && turn.Now.Stamp - now.Since >= LeftOut)
                {
                    lost.Add((job, "the worker is there but no longer works on it"));
                }
            }
        }

        if (lists != session.ListsWork || unlisted.Count > 0 || !session.Unlisted.IsEmpty)
        {
            turn.Put(session with { ListsWork = lists, Unlisted = unlisted.ToImmutable() });
        }

        foreach (var (job, why) in lost)
        {
            JobFlow.Apply(turn, job, new JobInput.Lose(why));
        }
    }
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>What jobs need of people: <c>needs:attention</c>.</summary>
public static class Needs
{
    public static readonly ImmutableArray<string> Words = ["attention"];

    private const int MostSilent = 500;

    /// <summary>Waiting is normal up to here, counted from when a job is due.</summary>
    public static readonly TimeSpan LongWait = TimeSpan.FromMinutes(5);

    /// <summary>A running job says something within this time.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    /// <summary>A job that was given up because worker after worker was lost is news for this long.</summary>
    public static readonly TimeSpan News = TimeSpan.FromDays(1);

    /// <summary>Those that wait too long, went silent, lost their worker or were given up for that: any of it is enough.</summary>
    /// <param name="state">Knows who went silent: what a job says of its progress is not stored.</param>
    public static JobFilter Attention(DateTimeOffset now, AdminState state)
    {
        ImmutableArray<JobFilter> any =
        [
            new JobFilter { Phases = [JobPhase.Queued], Due = new TimeRange(null, now - LongWait) },
            new JobFilter { Phases = [JobPhase.Reconnecting] },
            new JobFilter { States = [JobState.Failed], Reasons = [JobReason.WorkerLost], Completed = new TimeRange(now - News, null) },
        ];
        ImmutableArray<JobId> silent = [.. state.JobTypes.Values.SelectMany(type => type.Active).Where(id => IsSilent(state.Jobs[id], now)).Take(MostSilent)];

        // Not one of those of which none holds.
        return new JobFilter { Not = [new JobFilter { Not = silent.IsEmpty ? any : any.Add(new JobFilter { Ids = silent }) }] };
    }

    private static bool IsSilent(Job job, DateTimeOffset now) => job.Phase == JobPhase.Working && now - job.UpdatedAt > Silence;
}

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>An attempt, a job, or both have ended.</summary>
/// <param name="Sequence">Counts from 1 within a process.</param>
/// <param name="Job">As it stands afterwards, without its payload; not terminal when another attempt follows.</param>
/// <param name="Attempt">The one that ended; null when the job ended without one.</param>
public sealed record Ending(long Sequence, DateTimeOffset At, Job Job, Attempt? Attempt);

/// <summary>
/// The newest endings, for whoever counts what happens: more than end between two looks on the busiest server. Who looks
/// less often sees by <see cref="Last"/> how many it missed. Not stored.
/// </summary>
public sealed record EndingLog(ImmutableQueue<Ending> Recent, int Count, long Last)
{
    public const int Capacity = 2048;

    public static readonly EndingLog Empty = new([], 0, 0);

    public EndingLog With(DateTimeOffset at, Job job, Attempt? attempt)
    {
        var recent = Recent.Enqueue(new Ending(Last + 1, at, job.Payload is null ? job : job with { Payload = null }, attempt));
        return Count < Capacity ? new EndingLog(recent, Count + 1, Last + 1) : new EndingLog(recent.Dequeue(), Capacity, Last + 1);
    }
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>How fast submissions may come.</summary>
/// <param name="PerSecond">In the long run; more than 0.</param>
/// <param name="Burst">At once, after a time without any; at least 1.</param>
public readonly record struct Pace(double PerSecond, double Burst);

/// <summary>
/// Token buckets of callers, and of each caller's job types, as a value. A bucket that has filled up again is as good as none, so
/// only those of the last seconds are kept.
/// </summary>
public sealed record SubmitPace(ImmutableDictionary<(string Caller, string JobType), SubmitPace.Bucket> Buckets)
{
    private const int Many = 1000;

    public static readonly SubmitPace Empty = new(ImmutableDictionary<(string, string), Bucket>.Empty);

    /// <param name="Tokens">At the stamp <paramref name="At"/>.</param>
    /// <param name="FullAt">Stamp at which it has filled up.</param>
    public readonly record struct Bucket(double Tokens, TimeSpan At, TimeSpan FullAt);

    /// <summary>Takes a token of each for every job, or none. More jobs than a bucket holds take all of it: else they could never come.</summary>
    /// <param name="jobs">At least 1.</param>
    /// <param name="wait">Until both have them; zero: they were taken.</param>
    public SubmitPace Take(string caller, Pace ofCaller, string jobType, Pace ofType, int jobs, Now now, out TimeSpan wait)
    {
        var (all, one) = (Tokens((caller, ""), ofCaller, now), Tokens((caller, jobType), ofType, now));
        wait = Max(Missing(all, ofCaller, jobs), Missing(one, ofType, jobs));
        if (wait > TimeSpan.Zero)
        {
            return this;
        }

        var buckets = Buckets.Count < Many ? Buckets : Buckets.RemoveRange(Buckets.Where(pair => pair.Value.FullAt <= now.Stamp).Select(pair => pair.Key));
        return new SubmitPace(buckets.SetItem((caller, ""), Less(all, ofCaller, jobs, now)).SetItem((caller, jobType), Less(one, ofType, jobs, now)));
    }

    private double Tokens((string, string) key, Pace pace, Now now) => Buckets.TryGetValue(key, out var bucket)
        ? Math.Min(pace.Burst, bucket.Tokens + ((now.Stamp - bucket.At).TotalSeconds * pace.PerSecond))
        : pace.Burst;

    private static double Price(int jobs, Pace pace) => Math.Min(jobs, pace.Burst);

    private static TimeSpan Missing(double tokens, Pace pace, int jobs) =>
        tokens >= Price(jobs, pace) ? TimeSpan.Zero : TimeSpan.FromSeconds((Price(jobs, pace) - tokens) / pace.PerSecond);

    private static Bucket Less(double tokens, Pace pace, int jobs, Now now) =>
        new(tokens - Price(jobs, pace), now.Stamp, now.Stamp + TimeSpan.FromSeconds((pace.Burst - tokens + Price(jobs, pace)) / pace.PerSecond));

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

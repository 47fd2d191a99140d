using System.Globalization;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>Where ids and random numbers come from, so that a test can say which.</summary>
public sealed class IdSource(Random random)
{
    private int _lastJobIndex;

    public RequestId Request(string prefix, Now now) => new(Unique(prefix, now));

    /// <summary>The form foreign clients know: job type, origin, unix nanoseconds, index.</summary>
    public JobId DetectedJob(string jobType, Now now) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{jobType}-scheduled-{UnixNanos(now.Wall)}-{_lastJobIndex++ & 0xFFFFF}"));

    public JobId SubmittedJob(Now now) => new(Unique("job", now));

    /// <summary>For ids that say nothing but which.</summary>
    public long Random() => random.NextInt64();

    /// <summary>A factor between 0.8 and 1.2 that keeps retries of many jobs apart.</summary>
    public double Jitter() => 0.8 + (random.NextDouble() * 0.4);

    public static long UnixNanos(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks * 100;

    private string Unique(string prefix, Now now) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-{UnixNanos(now.Wall)}-{random.NextInt64():x16}");
}

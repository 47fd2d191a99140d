namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>The system's time, further on by what was leapt over. Timers that run already keep their pace.</summary>
public sealed class LeapingTime : TimeProvider
{
    private long _leapt;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Leapt;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Leapt.TotalSeconds * TimestampFrequency);

    public void Leap(TimeSpan span) => Interlocked.Add(ref _leapt, span.Ticks);

    private TimeSpan Leapt => new(Interlocked.Read(ref _leapt));
}

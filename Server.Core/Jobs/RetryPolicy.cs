namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>How often and when a job is tried again, and how long cancels may take.</summary>
/// <param name="RetryLimit">Attempts beyond the first.</param>
/// <param name="Backoff">Before the second attempt; doubles with each further one up to <paramref name="BackoffCap"/>.</param>
/// <param name="Jitter">0.8–1.2, drawn by the caller.</param>
public sealed record RetryPolicy(int RetryLimit, TimeSpan Backoff, TimeSpan BackoffCap, TimeSpan CancelGrace, double Jitter)
{
    /// <summary>Workers lost in a row after which a job is not tried again: it may be what kills them.</summary>
    public const int LossesToQuarantine = 3;

    public bool MayRetry(int attempts) => attempts <= RetryLimit;

    /// <summary>The pause after the given number of attempts.</summary>
    public TimeSpan PauseAfter(int attempts)
    {
        var doublings = Math.Clamp(attempts - 1, 0, 30);
        var pause = Math.Min(Backoff.TotalSeconds * Math.Pow(2, doublings), BackoffCap.TotalSeconds);
        return TimeSpan.FromSeconds(pause * Jitter);
    }
}

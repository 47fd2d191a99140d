namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>When and after which pause a worker dials again.</summary>
public sealed record RestartPolicy
{
    /// <summary>Longest pause; default 30 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest pause while attempts run or their results wait; default 3 s. An admin that comes back keeps their leases for 15 s.</summary>
    public TimeSpan LongestDelayAtWork { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>After this long in service the pauses begin anew; default 60 s.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>0–1, drawn for each pause; default <see cref="Random"/>.</summary>
    public Func<double> Jitter { get; init; } = new Random().NextDouble;

    /// <summary>Only for reasons that may pass: never after a stop, a shutdown, a refusal for good, or when another process owns the id.</summary>
    public static bool Restarts(CloseReason reason, bool permanent = false) => !permanent && reason is
        CloseReason.ConnectionLost or CloseReason.HeartbeatTimeout or CloseReason.Unreachable or CloseReason.Timeout or CloseReason.Rejected;

    /// <summary>The pause before try n (from 1): the first delay, doubled each time up to the longest, ±20 %. The first one is short after a mere loss, so that running work finds its way back.</summary>
    public TimeSpan Delay(int failures, TimeSpan first, bool atWork = false)
    {
        var longest = atWork && LongestDelayAtWork < LongestDelay ? LongestDelayAtWork : LongestDelay;
        var seconds = failures <= 0 ? 0.2 : Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 20)), longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.8 + (0.4 * Jitter())));
    }
}

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>When and after which pause a worker dials again.</summary>
public sealed record RestartPolicy
{
    /// <summary>So many failures that the pause is the longest.</summary>
    internal const int Longest = 20;

    /// <summary>So many losses, each within <see cref="QuickLoss"/> of its start, look like another worker with the same id.</summary>
    internal const int QuickLossesOfATwin = 3;

    internal static readonly TimeSpan QuickLoss = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause; default 30 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Pause between tries, after a first one of 0.2 s, while a lost session left work that may go on or results that were not confirmed, for
    /// <see cref="WorkerOptions.ResumeWindow"/> after the loss; default 2 s. An admin that comes back keeps their leases for 15 s.
    /// </summary>
    public TimeSpan LongestDelayAtWork { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After this long in service the pauses begin anew; default 60 s.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>0–1, drawn for each pause; default <see cref="Random"/>.</summary>
    public Func<double> Jitter { get; init; } = new Random().NextDouble;

    /// <summary>Only for reasons that may pass: never after a stop, a shutdown, a refusal for good, or when another process owns the id.</summary>
    public static bool Restarts(CloseReason reason, bool permanent = false) => !permanent && reason is
        CloseReason.ConnectionLost or CloseReason.HeartbeatTimeout or CloseReason.Unreachable or CloseReason.Timeout or CloseReason.Rejected;

    /// <summary>The pause before try n (from 1): the first delay, doubled each time, ±20 %, no longer than the longest.</summary>
    public TimeSpan Delay(int tries, TimeSpan first) => Jittered(first.TotalSeconds * Math.Pow(2, Math.Clamp(tries - 1, 0, 20)));

    /// <summary>The pause before try n (from 1) after a loss that left work or results: short, so that they find their way back.</summary>
    public TimeSpan DelayAtWork(int tries) => Jittered(tries <= 1 ? Math.Min(0.2, LongestDelayAtWork.TotalSeconds) : LongestDelayAtWork.TotalSeconds);

    private TimeSpan Jittered(double seconds) =>
        TimeSpan.FromSeconds(Math.Min(Math.Min(seconds, LongestDelay.TotalSeconds) * (0.8 + (0.4 * Jitter())), LongestDelay.TotalSeconds));
}

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Spans that come from elsewhere, as timers take them.</summary>
internal static class Timers
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>Longer than the longest timer is no timer at all, less than nothing is at once.</summary>
    public static TimeSpan AsTimer(this TimeSpan span) =>
        span == Timeout.InfiniteTimeSpan || span > Longest ? Timeout.InfiniteTimeSpan : span < TimeSpan.Zero ? TimeSpan.Zero : span;

    /// <summary>True when the task came to its end within the span and nobody was in a hurry. Never throws.</summary>
    public static async Task<bool> WithinAsync(this Task task, TimeSpan span, TimeProvider time, CancellationToken hurry)
    {
        await task.WaitAsync(span.AsTimer(), time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompletedSuccessfully;
    }
}

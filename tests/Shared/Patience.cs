namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>Waits for signals, never for time; the limit only keeps a broken build from hanging, and says what did not happen.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task InTimeAsync(this Task task, string what, TimeSpan? limit = null)
    {
        var chosen = limit ?? Limit;
        try
        {
            await task.WaitAsync(chosen, TimeProvider.System);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"{what} did not happen within {chosen.TotalSeconds} s");
        }
    }

    public static async Task<T> InTimeAsync<T>(this Task<T> task, string what, TimeSpan? limit = null)
    {
        await InTimeAsync((Task)task, what, limit);
        return await task;
    }
}

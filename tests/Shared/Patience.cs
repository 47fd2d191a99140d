namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>Waits for signals, never for time; the limit only keeps a broken build from hanging, and says what did not happen.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task InTimeAsync(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit, TimeProvider.System);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"{what} did not happen within {Limit.TotalSeconds} s");
        }
    }

    public static async Task<T> InTimeAsync<T>(this Task<T> task, string what)
    {
        await InTimeAsync((Task)task, what);
        return await task;
    }
}

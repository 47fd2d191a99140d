using System.Net.Http.Json;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>A steady load of no-op jobs through REST, until it is told to stop.</summary>
internal static class SteadyJobs
{
    private const int PerSecond = 250;
    private const int TicksPerSecond = 50;

    /// <summary>Each is submitted, assigned, running and ended.</summary>
    public const int EventsPerSecond = PerSecond * 4;

    public static async Task SubmitAsync(AdminUnderTest admin, CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1) / TicksPerSecond);
        var pending = new List<Task>();
        try
        {
            while (await pace.WaitForNextTickAsync(cancellationToken))
            {
                pending.RemoveAll(task => task.IsCompletedSuccessfully);
                for (var n = 0; n < PerSecond / TicksPerSecond; n++)
                {
                    pending.Add(SubmitOneAsync(admin));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(pending);
        }
    }

    private static async Task SubmitOneAsync(AdminUnderTest admin)
    {
        using var answer = await admin.Http.PostAsJsonAsync("/api/plugin/jobs/execute?async=true", new { job = new { job_type = "noop" }, timeout_seconds = 600 });
        answer.EnsureSuccessStatusCode();
    }
}

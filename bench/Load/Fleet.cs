using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>Workers of this process, each with a connection of its own.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running;

    public Fleet(string grpc, string prefix, int workers, int slots, Func<IJobHandler> handler) =>
        _running = [.. Enumerable.Range(0, workers).Select(n => Task.Run(() => RunAsync(grpc, $"{prefix}-{n}", slots, handler())))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    /// <summary>Waits until so many workers are connected and the job type's form has come.</summary>
    public static async Task ReadyAsync(AdminUnderTest admin, string jobType, int workers)
    {
        await Wait.UntilAsync(async () => await admin.MetricAsync("pluginadmin_workers", "\"healthy\"") >= workers);
        await Wait.UntilAsync(async () => (await admin.Http.GetAsync($"/api/plugin/job-types/{jobType}/descriptor")).IsSuccessStatusCode);
    }

    private async Task RunAsync(string grpc, string id, int slots, IJobHandler handler)
    {
        var options = new WorkerOptions { Address = $"grpc://{grpc}", WorkerId = id, ExecutionSlots = slots, RegistrationTimeout = TimeSpan.FromMinutes(1) };
        await using var worker = new PluginWorker(options, handler);
        try
        {
            await worker.RunForeverAsync(cancellationToken: _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }
}

internal static class Wait
{
    public static async Task UntilAsync(Func<Task<bool>> reached)
    {
        while (!await reached())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}

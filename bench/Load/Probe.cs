using System.Diagnostics;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>Does something again and again, at a fixed pace, and keeps how long each time took.</summary>
internal sealed class Probe : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<double> _taken = [];
    private readonly Task _running;

    public Probe(TimeSpan pace, Func<Task> act) => _running = Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            await act();
            _taken.Add(watch.Elapsed.TotalMilliseconds);
            await Task.Delay(pace, TimeProvider.System);
        }
    });

    /// <summary>Milliseconds; after the probe has been stopped.</summary>
    public double Longest => _taken.Max();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}

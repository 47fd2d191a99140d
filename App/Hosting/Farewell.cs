using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// The last word before an orderly end: browsers are told that the admin goes down while they still listen. The end waits a moment
/// for that, and only when a browser is there to hear it.
/// </summary>
public sealed class Farewell(HostBoard board, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>A publish, a beat of the circuits, and the way to the browser.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1_500);

    private CancellationTokenRegistration _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // What is registered last is called first: the connections are closed by a callback that was registered when they were mapped.
        _registration = lifetime.ApplicationStopping.Register(Say);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration.Dispose();

    private void Say()
    {
        board.Feed.Change(host => host with { StoppingSince = time.GetUtcNow() });
        if (board.Readers > 0)
        {
            using var never = new ManualResetEventSlim();
            never.Wait(Moment);
        }
    }
}

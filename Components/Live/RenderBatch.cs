namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// Many components of a circuit in one render: one message to the browser and one acknowledgement, instead of one for each.
/// Circuit's thread only.
/// </summary>
public sealed class RenderBatch
{
    private BatchHost? _host;

    /// <param name="renders">Asks components to render. Without a host on the page they do it one by one.</param>
    /// <returns>Completes when the browser has drawn it; never, if the browser does not come back.</returns>
    public Task RunAsync(Action renders)
    {
        if (_host is { } host)
        {
            return host.RunAsync(renders);
        }

        renders();
        return Task.CompletedTask;
    }

    /// <summary>For timers: runs on the circuit's thread. False when there is no page to run on.</summary>
    internal bool TryPost(Action action)
    {
        if (_host is not { } host)
        {
            return false;
        }

        host.Post(action);
        return true;
    }

    internal void Attach(BatchHost host) => _host = host;

    internal void Detach(BatchHost host) => _host = _host == host ? null : _host;
}

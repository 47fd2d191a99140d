using BlazorPluginAdmin.Server.Core.Clusters;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// The lock that says that an admin is there: held all the time. Meanwhile the masters' own maintenance scripts stay off,
/// and another admin of the same cluster keeps still; when it lapses, whoever waits takes over.
/// </summary>
public sealed class PresenceLock(MasterClient masters, IClusterInbox inbox, TimeProvider time) : LeasedLock(masters, time, "admin-server", "admin-server", wanted: true)
{
    private string? _toldHolder;
    private int _losses;
    private int _returns;

    /// <summary>How often it was taken again after a loss: the masters then have forgotten what an admin had set.</summary>
    public int Returns => Volatile.Read(ref _returns);

    protected override ValueTask TakenAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _returns, _losses);
        return TellAsync("", cancellationToken);
    }

    /// <summary>That nobody answers says nothing about who is there.</summary>
    protected override ValueTask RefusedAsync(string? holder, string reason, CancellationToken cancellationToken) =>
        holder is null ? ValueTask.CompletedTask : TellAsync(holder, cancellationToken);

    protected override ValueTask LostAsync(string reason, CancellationToken cancellationToken)
    {
        _losses++;
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReleasedAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private ValueTask TellAsync(string holder, CancellationToken cancellationToken)
    {
        if (_toldHolder == holder)
        {
            return ValueTask.CompletedTask;
        }

        _toldHolder = holder;
        return inbox.PostAsync(new ClusterInput.Presence(holder), cancellationToken);
    }
}

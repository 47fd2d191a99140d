using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>
/// What rounds want written. A round with anything urgent in it is written at once; the rest, such as progress, is put off for
/// a second at most and goes with the next that is. While the store takes no writes it is asked again each second. Engine
/// thread only.
/// </summary>
internal sealed class Commits(IAdminStore store)
{
    private const int MostDeferred = 512;

    // Deleting keeps pace with writing: a prune takes out as many rows of each kind as were written since the last one.
    private const int PruneEvery = RetentionLimits.Batch;

    private static readonly TimeSpan DeferredFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    private readonly List<Change> _deferred = [];
    private TimeSpan? _deferredSince;
    private int _unpruned = PruneEvery;

    /// <summary>The store took no writes when it was last asked, and is not asked before this instant. Null: it takes them.</summary>
    public TimeSpan? RetryAt { get; private set; }

    public bool IsPruneDue => _unpruned >= PruneEvery;

    /// <summary>When what was put off has waited long enough; null: nothing was.</summary>
    public TimeSpan? FlushAt => _deferredSince + DeferredFor;

    /// <summary>Null: written or put off. Else why it is known not to be done; what was put off before waits on.</summary>
    public string? Write(List<Change> changes, Now now)
    {
        var prunes = changes.Exists(change => change is Change.Pruned);
        if (!changes.Exists(change => change.IsUrgent) && _deferred.Count + changes.Count < MostDeferred && RetryAt is null && !(FlushAt <= now.Stamp))
        {
            _deferred.AddRange(changes);
            _deferredSince = _deferred.Count == 0 ? null : _deferredSince ?? now.Stamp;
            _unpruned = prunes ? 0 : _unpruned;
            return null;
        }

        try
        {
            _deferred.AddRange(changes);
            store.Commit(_deferred);
        }
        catch (StoreUnavailableException exception)
        {
            _deferred.RemoveRange(_deferred.Count - changes.Count, changes.Count);
            RetryAt = now.Stamp + StorePause;
            return exception.Message;
        }

        // Less may be kept from now on: what is too much goes with the next round.
        _unpruned = prunes ? 0 : _unpruned + (_deferred.Exists(change => change is Change.RetentionSaved) ? PruneEvery : _deferred.Count);
        _deferred.Clear();
        (_deferredSince, RetryAt) = (null, null);
        return null;
    }

    /// <summary>Writes what was put off. The last act before the store is closed.</summary>
    public void Flush()
    {
        if (_deferred.Count > 0)
        {
            store.Commit(_deferred);
            _deferred.Clear();
        }
    }
}

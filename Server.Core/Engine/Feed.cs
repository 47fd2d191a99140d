namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>A value with the version it has; versions only grow.</summary>
public sealed record Versioned<T>(long Version, T Value);

/// <summary>
/// The newest value for any number of readers. Readers conflate: a slow one skips versions, nothing queues up, and a
/// reader that has gone costs nothing.
/// </summary>
public sealed class Feed<T>(T first)
{
    private sealed record Slot(Versioned<T> Current, TaskCompletionSource Next);

    private volatile Slot _slot = new(new Versioned<T>(0, first), NewSignal());

    public Versioned<T> Current => _slot.Current;

    /// <summary>Completes with the newest value as soon as it is newer than <paramref name="version"/>.</summary>
    public async ValueTask<Versioned<T>> NewerAsync(long version, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slot = _slot;
            if (slot.Current.Version > version)
            {
                return slot.Current;
            }

            await slot.Next.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>One writer only.</summary>
    public void Publish(T value)
    {
        var old = _slot;
        _slot = new Slot(new Versioned<T>(old.Current.Version + 1, value), NewSignal());
        old.Next.SetResult();
    }

    /// <summary>
    /// Publishes what <paramref name="change"/> makes of the newest value, unless that is the same. Any number of writers; it is
    /// asked again when another one was faster, so it only computes. Not beside <see cref="Publish"/>.
    /// </summary>
    public void Change(Func<T, T> change)
    {
        while (true)
        {
            var old = _slot;
            var value = change(old.Current.Value);
            if (EqualityComparer<T>.Default.Equals(value, old.Current.Value))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _slot, new Slot(new Versioned<T>(old.Current.Version + 1, value), NewSignal()), old) == old)
            {
                old.Next.SetResult();
                return;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

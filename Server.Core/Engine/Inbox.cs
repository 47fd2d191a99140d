using System.Threading.Channels;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>An input, what to do with its reply, and whom to tell that it was stepped and committed.</summary>
public readonly record struct Letter(Input Input, Action<object>? Answer, Action? Settled = null);

/// <summary>
/// Bounded: full means that the readers of worker streams wait, which holds the workers back, and that commands are
/// refused. Many writers, one reader: the engine.
/// </summary>
public sealed class Inbox : IDisposable
{
    public const int Capacity = 4096;

    private readonly Channel<Letter> _letters = Channel.CreateBounded<Letter>(new BoundedChannelOptions(Capacity)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait,
    });
    private readonly AutoResetEvent _signal = new(false);
    private int _asleep;

    public async ValueTask PostAsync(Letter letter, CancellationToken cancellationToken)
    {
        await _letters.Writer.WriteAsync(letter, cancellationToken);
        Wake();
    }

    public bool TryPost(Letter letter)
    {
        if (!_letters.Writer.TryWrite(letter))
        {
            return false;
        }

        Wake();
        return true;
    }

    public bool TryTake(out Letter letter) => _letters.Reader.TryRead(out letter);

    public bool IsEmpty => _letters.Reader.Count == 0;

    /// <summary>Engine thread only: sleeps until something is posted or somebody rings.</summary>
    public void Sleep()
    {
        Volatile.Write(ref _asleep, 1);
        if (IsEmpty)
        {
            _signal.WaitOne();
        }

        Volatile.Write(ref _asleep, 0);
    }

    /// <summary>Ends the next sleep, also one that has not begun: for what no letter shows, a time that came or a stop.</summary>
    public void Ring() => _signal.Set();

    private void Wake()
    {
        // The full fence pairs with the engine's "asleep, then look": one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) == 1)
        {
            _signal.Set();
        }
    }

    public void Dispose() => _signal.Dispose();
}

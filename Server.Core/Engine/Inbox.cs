using System.Threading.Channels;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>An input, what to do with its reply, and whom to tell that it was stepped and committed.</summary>
public readonly record struct Letter(Input Input, Action<object>? Answer, Action? Settled = null);

/// <summary>
/// Bounded, with a queue for what workers report and one for commands, taken from in turn: full reports make the readers of
/// worker streams wait, which holds the workers back, and never stand in the way of people. Many writers, one reader: the engine.
/// </summary>
public sealed class Inbox : IDisposable
{
    public const int Capacity = 4096;

    private readonly Channel<Letter> _reports = NewQueue();
    private readonly Channel<Letter> _commands = NewQueue();
    private readonly AutoResetEvent _signal = new(false);
    private int _asleep;

    // Engine thread only.
    private bool _commandsNext;

    /// <summary>Waits while there is no room.</summary>
    public async ValueTask ReportAsync(Letter letter, CancellationToken cancellationToken)
    {
        await _reports.Writer.WriteAsync(letter, cancellationToken);
        Wake();
    }

    /// <summary>False: there is no room.</summary>
    public bool TryCommand(Letter letter)
    {
        if (!_commands.Writer.TryWrite(letter))
        {
            return false;
        }

        Wake();
        return true;
    }

    public bool TryTake(out Letter letter)
    {
        _commandsNext = !_commandsNext;
        var (first, second) = _commandsNext ? (_commands, _reports) : (_reports, _commands);
        return first.Reader.TryRead(out letter) || second.Reader.TryRead(out letter);
    }

    public bool TryTakeCommand(out Letter letter) => _commands.Reader.TryRead(out letter);

    public bool IsEmpty => _reports.Reader.Count == 0 && _commands.Reader.Count == 0;

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

    private static Channel<Letter> NewQueue() => Channel.CreateBounded<Letter>(new BoundedChannelOptions(Capacity)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait,
    });

    public void Dispose() => _signal.Dispose();
}

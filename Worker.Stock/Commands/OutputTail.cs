using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>How much output of an attempt may be passed on, both streams together.</summary>
public sealed class OutputCap(long most)
{
    private readonly Lock _gate = new();
    private long _passed;
    private bool _said;

    /// <summary>How many of these bytes may be passed on; the one call that reaches the cap says so.</summary>
    public int Take(int count, out bool reached)
    {
        lock (_gate)
        {
            var room = (int)Math.Min(most - _passed, count);
            reached = room < count && !_said;
            _said |= reached;
            _passed += room;
            return room;
        }
    }
}

/// <summary>The last 64 KiB of a stream as text.</summary>
public sealed class OutputTail
{
    private const int Kept = 64 * 1024;

    private readonly Queue<byte[]> _pieces = new();
    private int _length;

    public long Total { get; private set; }

    public bool Truncated => Total > Kept;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Total += bytes.Length;
        _pieces.Enqueue(bytes.ToArray());
        _length += bytes.Length;
        while (_length - _pieces.Peek().Length >= Kept)
        {
            _length -= _pieces.Dequeue().Length;
        }
    }

    public string Text()
    {
        var all = _pieces.SelectMany(piece => piece).ToArray();
        return Encoding.UTF8.GetString(all.AsSpan(Math.Max(0, all.Length - Kept)));
    }
}

using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>The last 64 KiB of a stream as text, and how much of it was passed on before the cap.</summary>
public sealed class OutputTail(long cap)
{
    private const int Kept = 64 * 1024;

    private readonly Queue<byte[]> _pieces = new();
    private int _length;

    public long Total { get; private set; }

    public bool Truncated => Total > Kept;

    /// <summary>How many of these bytes may still be passed on; the last call before the cap says so once.</summary>
    public int Add(ReadOnlySpan<byte> bytes, out bool reachedCap)
    {
        var room = (int)Math.Clamp(cap - Total, 0, bytes.Length);
        reachedCap = Total < cap && Total + bytes.Length >= cap;
        Total += bytes.Length;
        _pieces.Enqueue(bytes.ToArray());
        _length += bytes.Length;
        while (_length - _pieces.Peek().Length >= Kept)
        {
            _length -= _pieces.Dequeue().Length;
        }

        return room;
    }

    public string Text()
    {
        var all = _pieces.SelectMany(piece => piece).ToArray();
        return Encoding.UTF8.GetString(all.AsSpan(Math.Max(0, all.Length - Kept)));
    }
}

using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Processes;

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

using System.Buffers.Binary;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>
/// What is kept of an attempt whose output has reached its cap, and how far it went on. A small file beside the streams; while there is
/// none, all that came is kept.
/// </summary>
/// <param name="Cap">Bytes that were allowed, both streams together.</param>
/// <param name="Stdout">Bytes of the stream that are kept, holes counted; the same for <paramref name="Stderr"/>.</param>
/// <param name="StdoutSeen">Where the output of the stream has come to; the same for <paramref name="StderrSeen"/>.</param>
public sealed record LogLimit(long Cap, long Stdout, long Stderr, long StdoutSeen, long StderrSeen)
{
    private const int Size = 5 * sizeof(long);

    /// <summary>Bytes that came and are counted only.</summary>
    public long Dropped => DroppedOf(LogStream.Stdout) + DroppedOf(LogStream.Stderr);

    public long KeptOf(LogStream stream) => stream == LogStream.Stdout ? Stdout : Stderr;

    public long DroppedOf(LogStream stream) => stream == LogStream.Stdout ? Math.Max(0, StdoutSeen - Stdout) : Math.Max(0, StderrSeen - Stderr);

    /// <summary>The same when a stream has come to a place; what is sent twice is counted once.</summary>
    internal LogLimit Seen(LogStream stream, long end) => stream == LogStream.Stdout
        ? this with { StdoutSeen = Math.Max(StdoutSeen, end) }
        : this with { StderrSeen = Math.Max(StderrSeen, end) };

    /// <summary>Null: not reached.</summary>
    internal static LogLimit? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length < Size ? null : new LogLimit(At(0), At(1), At(2), At(3), At(4));

        long At(int place) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(place * sizeof(long)));
    }

    /// <summary>In one piece, over what was there: whoever reads meanwhile sees the one or the other.</summary>
    internal void Write(string path)
    {
        var bytes = new byte[Size];
        foreach (var (value, place) in ((long[])[Cap, Stdout, Stderr, StdoutSeen, StderrSeen]).Select((value, place) => (value, place)))
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(place * sizeof(long)), value);
        }

        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: false);
        file.Write(bytes);
    }
}

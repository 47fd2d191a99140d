using System.Buffers.Binary;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>One entry of the record of arrivals of an attempt: which bytes of which stream came when.</summary>
/// <param name="Offset">First byte, within its stream.</param>
/// <param name="IsGap">The bytes never came.</param>
/// <param name="At">By the admin's clock; of entries that were joined, the first.</param>
public readonly record struct LogArrival(LogStream Stream, long Offset, int Length, bool IsGap, DateTimeOffset At)
{
    /// <summary>Bytes of an entry on disk: ticks, offset, length, stream, gap, two of padding; little endian.</summary>
    internal const int Size = 24;

    internal void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, At.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(to[16..], Length);
        to[20] = (byte)Stream;
        to[21] = IsGap ? (byte)1 : (byte)0;
        to[22..Size].Clear();
    }

    /// <summary>Null: not an entry, the file is damaged from here on.</summary>
    internal static LogArrival? Read(ReadOnlySpan<byte> from)
    {
        var (ticks, offset, length) = (BinaryPrimitives.ReadInt64LittleEndian(from), BinaryPrimitives.ReadInt64LittleEndian(from[8..]), BinaryPrimitives.ReadInt32LittleEndian(from[16..]));
        return ticks is < 0 or > 3155378975999999999 || offset is < 0 or > JobLogStore.MostCap || length <= 0 || from[20] is not (1 or 2) || from[21] > 1
            ? null
            : new LogArrival((LogStream)from[20], offset, length, from[21] == 1, new DateTimeOffset(ticks, TimeSpan.Zero));
    }
}

using System.Buffers.Binary;
using System.Text;

namespace BlazorPluginAdmin.Bench.Load.Dashboards;

/// <summary>The part of MessagePack that the pages' own protocol uses: arrays of texts, numbers, booleans, bytes and nothing.</summary>
internal static class BlazorPack
{
    /// <summary>A message with its length before it.</summary>
    public static byte[] Write(params object?[] message)
    {
        using var body = new MemoryStream();
        Put(body, message);
        using var framed = new MemoryStream();
        for (var length = (uint)body.Length; ; length >>= 7)
        {
            framed.WriteByte((byte)(length > 127 ? (length & 127) | 128 : length));
            if (length <= 127)
            {
                break;
            }
        }

        body.WriteTo(framed);
        return framed.ToArray();
    }

    /// <summary>The first whole message of a buffer and how many bytes it took; null when it has not all come.</summary>
    public static (object?[] Message, int Bytes)? Read(ReadOnlySpan<byte> buffer)
    {
        var (length, prefix) = (0, 0);
        while (true)
        {
            if (prefix >= buffer.Length)
            {
                return null;
            }

            length |= (buffer[prefix] & 127) << (7 * prefix);
            if (buffer[prefix++] < 128)
            {
                break;
            }
        }

        if (buffer.Length < prefix + length)
        {
            return null;
        }

        var position = 0;
        return ((object?[])Take(buffer.Slice(prefix, length), ref position)!, prefix + length);
    }

    private static void Put(Stream to, object? value)
    {
        switch (value)
        {
            case null:
                to.WriteByte(0xc0);
                break;
            case bool flag:
                to.WriteByte(flag ? (byte)0xc3 : (byte)0xc2);
                break;
            case long number:
                to.WriteByte(0xd3);
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteInt64BigEndian(bytes, number);
                to.Write(bytes);
                break;
            case string text:
                var utf8 = Encoding.UTF8.GetBytes(text);
                to.WriteByte(0xdb);
                PutLength(to, utf8.Length);
                to.Write(utf8);
                break;
            case object?[] items:
                to.WriteByte(0xdd);
                PutLength(to, items.Length);
                foreach (var item in items)
                {
                    Put(to, item);
                }

                break;
            case Headers:
                to.WriteByte(0x80);
                break;
            default:
                throw new ArgumentException($"cannot write {value.GetType()}");
        }
    }

    private static void PutLength(Stream to, int length)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        to.Write(bytes);
    }

    private static object? Take(ReadOnlySpan<byte> from, ref int position)
    {
        var kind = from[position++];
        switch (kind)
        {
            case <= 0x7f:
                return (long)kind;
            case >= 0xe0:
                return (long)(sbyte)kind;
            case >= 0x80 and <= 0x8f:
                return TakeMap(from, ref position, kind & 15);
            case >= 0x90 and <= 0x9f:
                return TakeArray(from, ref position, kind & 15);
            case >= 0xa0 and <= 0xbf:
                return TakeText(from, ref position, kind & 31);
            case 0xc0:
                return null;
            case 0xc2 or 0xc3:
                return kind == 0xc3;
            case 0xc4 or 0xc5 or 0xc6:
                var skipped = TakeLength(from, ref position, 1 << (kind - 0xc4));
                position += skipped;
                return Array.Empty<byte>(); // What a page looks like is not looked at here.
            case 0xcc or 0xcd or 0xce or 0xcf:
                return (long)TakeNumber(from, ref position, 1 << (kind - 0xcc));
            case 0xd0 or 0xd1 or 0xd2 or 0xd3:
                var size = 1 << (kind - 0xd0);
                return (long)(TakeNumber(from, ref position, size) << (64 - (8 * size))) >> (64 - (8 * size));
            case 0xd9 or 0xda or 0xdb:
                return TakeText(from, ref position, TakeLength(from, ref position, 1 << (kind - 0xd9)));
            case 0xdc or 0xdd:
                return TakeArray(from, ref position, TakeLength(from, ref position, 2 << (kind - 0xdc)));
            case 0xde or 0xdf:
                return TakeMap(from, ref position, TakeLength(from, ref position, 2 << (kind - 0xde)));
            default:
                throw new InvalidDataException($"MessagePack kind {kind:x2} is not expected here");
        }
    }

    private static object?[] TakeArray(ReadOnlySpan<byte> from, ref int position, int count)
    {
        var items = new object?[count];
        for (var n = 0; n < count; n++)
        {
            items[n] = Take(from, ref position);
        }

        return items;
    }

    private static Headers TakeMap(ReadOnlySpan<byte> from, ref int position, int count)
    {
        for (var n = 0; n < 2 * count; n++)
        {
            Take(from, ref position);
        }

        return Headers.None;
    }

    private static string TakeText(ReadOnlySpan<byte> from, ref int position, int length)
    {
        var text = Encoding.UTF8.GetString(from.Slice(position, length));
        position += length;
        return text;
    }

    private static int TakeLength(ReadOnlySpan<byte> from, ref int position, int size) => (int)TakeNumber(from, ref position, size);

    private static ulong TakeNumber(ReadOnlySpan<byte> from, ref int position, int size)
    {
        var number = 0UL;
        for (var n = 0; n < size; n++)
        {
            number = (number << 8) | from[position++];
        }

        return number;
    }

    /// <summary>The map of headers, which nobody fills.</summary>
    public sealed class Headers
    {
        public static readonly Headers None = new();
    }
}

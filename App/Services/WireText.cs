using System.Buffers;
using System.Text.Unicode;
using Google.Protobuf.Reflection;

namespace BlazorPluginAdmin.App.Services;

/// <summary>
/// Finds text that is not UTF-8. The parser puts U+FFFD in its place without a word, and what is stored would not be what was
/// asked for; afterwards nobody can tell it from a U+FFFD that was meant.
/// </summary>
public static class WireText
{
    /// <summary>No message of ours has groups, and the parser passes over what one holds, whatever that is: nothing behind its start can be relied on.</summary>
    private const ulong StartOfGroup = 3;
    private const ulong EndOfGroup = 4;

    /// <summary>The path of the first broken text; null when there is none.</summary>
    /// <param name="message">One that could be parsed.</param>
    public static string? Broken(in ReadOnlySequence<byte> message, MessageDescriptor type) =>
        Broken(message.IsSingleSegment ? message.FirstSpan : message.ToArray(), type);

    private static string? Broken(ReadOnlySpan<byte> message, MessageDescriptor type)
    {
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            if ((tag & 7) is StartOfGroup or EndOfGroup)
            {
                return null;
            }

            var content = Content(ref message, (int)(tag & 7));
            if ((tag & 7) != 2 || type.FindFieldByNumber((int)(tag >> 3)) is not { } field)
            {
                continue;
            }

            if (field.FieldType == FieldType.String && !Utf8.IsValid(content))
            {
                return field.Name;
            }

            if (field.FieldType == FieldType.Message && Broken(content, field.MessageType) is { } inner)
            {
                return $"{field.Name}.{inner}";
            }
        }

        return null;
    }

    /// <summary>What follows a tag.</summary>
    private static ReadOnlySpan<byte> Content(ref ReadOnlySpan<byte> message, int wireType)
    {
        var length = wireType switch
        {
            0 => VarintLength(message),
            1 => 8,
            2 => (int)Varint(ref message),
            _ => 4,
        };
        var content = message[..length];
        message = message[length..];
        return content;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var length = VarintLength(message);
        ulong value = 0;
        for (var at = length - 1; at >= 0; at--)
        {
            value = (value << 7) | (message[at] & 0x7Fu);
        }

        message = message[length..];
        return value;
    }

    private static int VarintLength(ReadOnlySpan<byte> message) => message.IndexOfAnyInRange((byte)0, (byte)0x7F) + 1;
}

using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>The few readings of JSON that both value formats share.</summary>
public static class JsonText
{
    public const string NoText = "half of a surrogate pair is no text";

    public static string Write<T>(T value, Action<Utf8JsonWriter, T> write, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, ConfigValueJson.WriteOptions with { Indented = indented }))
            write(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>
    /// Half of a surrogate pair, written as an escape, is JSON and yet no text: as a value or as a name, it would throw wherever it
    /// is read.
    /// </summary>
    public static bool IsText(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
            return true;

        // Only such an escape can be none, and hardly any JSON has one.
        var raw = JsonMarshal.GetRawUtf8Value(json);
        return (raw.IndexOf("\\ud"u8) < 0 && raw.IndexOf("\\uD"u8) < 0) || IsUnescaped(json);
    }

    /// <summary>Whether the name of a member is a text. See <see cref="IsText"/>.</summary>
    public static bool IsNamed(JsonProperty member)
    {
        try
        {
            return member.Name.Length >= 0;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The same text for the same object, however its members are ordered and spaced.</summary>
    public static string Canonical(JsonElement json) => Write(json, WriteSorted);

    /// <summary>Whether a member carries the name, in snake case as given or in camel case.</summary>
    public static bool IsName(string member, string snake)
    {
        if (member == snake)
            return true;
        var at = 0;
        for (var i = 0; i < snake.Length; i++, at++)
        {
            if (at == member.Length)
                return false;
            var expected = snake[i] == '_' ? char.ToUpperInvariant(snake[++i]) : snake[i];
            if (member[at] != expected)
                return false;
        }
        return at == member.Length;
    }

    public static JsonElement Member(JsonElement json, string snake)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (IsName(member.Name, snake))
                return member.Value;
        }
        return default;
    }

    /// <summary>A whole number, as number or as text, never by way of a double: <c>1.0</c> and <c>1e3</c> are refused.</summary>
    public static bool TryInt64(JsonElement json, out long value)
    {
        value = 0;
        return json.ValueKind switch
        {
            JsonValueKind.Number => long.TryParse(json.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
            JsonValueKind.String => long.TryParse(json.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
            _ => false,
        };
    }

    public static bool TryDouble(JsonElement json, out double value)
    {
        value = 0;
        switch (json.ValueKind)
        {
            case JsonValueKind.Number:
                return json.TryGetDouble(out value) && double.IsFinite(value);
            case JsonValueKind.String when json.GetString() is var text:
                (value, var named) = text switch
                {
                    "NaN" => (double.NaN, true),
                    "Infinity" => (double.PositiveInfinity, true),
                    "-Infinity" => (double.NegativeInfinity, true),
                    _ => (0, false),
                };
                return named
                    || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value));
            default:
                return false;
        }
    }

    /// <summary>Base64 in both alphabets, padded or not, as the wire's JSON allows.</summary>
    public static bool TryBytes(JsonElement json, out ImmutableArray<byte> bytes)
    {
        bytes = [];
        return json.ValueKind == JsonValueKind.String && TryBytes(json.GetString()!, out bytes);
    }

    public static bool TryBytes(string text, out ImmutableArray<byte> bytes)
    {
        bytes = [];
        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var padded = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
        var buffer = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64String(padded, buffer, out var count))
            return false;
        bytes = [.. buffer.AsSpan(0, count)];
        return true;
    }

    private static bool IsUnescaped(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.Object => json.EnumerateObject().All(member => IsNamed(member) && IsUnescaped(member.Value)),
                JsonValueKind.Array => json.EnumerateArray().All(IsUnescaped),
                JsonValueKind.String => json.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in json.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    WriteSorted(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in json.EnumerateArray())
                    WriteSorted(writer, element);
                writer.WriteEndArray();
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }
}

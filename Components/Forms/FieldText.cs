using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>What a person types into one box and the value it means. Numbers never pass through a browser number.</summary>
public static class FieldText
{
    /// <summary>Text that <see cref="TryParse"/> of the same kind reads back as the same value.</summary>
    public static string Of(ConfigValue? value) => value switch
    {
        null or ConfigValue.None => "",
        ConfigValue.Bool or ConfigValue.Int64 or ConfigValue.Double or ConfigValue.Text or ConfigValue.Duration => ConfigValueText.Exact(value),
        ConfigValue.Bytes bytes => Convert.ToBase64String(bytes.Value.AsSpan()),
        _ => PlainJson.Write(value),
    };

    /// <summary>Kind none means any value, written as JSON.</summary>
    public static bool TryParse(ConfigKind kind, string text, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        error = "";
        var trimmed = text.Trim();
        switch (kind)
        {
            case ConfigKind.Text:
                value = new ConfigValue.Text(text);
                break;
            case ConfigKind.Bool:
                value = trimmed is "true" or "false" ? new ConfigValue.Bool(trimmed == "true") : null;
                error = "write true or false";
                break;
            case ConfigKind.Int64:
                value = long.TryParse(Plain(trimmed), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                    ? new ConfigValue.Int64(whole)
                    : null;
                error = WholeNumberFault(Plain(trimmed));
                break;
            case ConfigKind.Double:
                value = double.TryParse(Plain(trimmed), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? new ConfigValue.Double(number)
                    : null;
                error = $"\"{Cut(trimmed)}\" is not a number; the decimal sign is a dot";
                break;
            case ConfigKind.Duration:
                value = DurationText.TryParse(trimmed, out var duration) ? duration : null;
                error = $"\"{Cut(trimmed)}\" is not a duration; write 1h30m, 90s or 250ms";
                break;
            case ConfigKind.Bytes:
                value = TryBase64(trimmed, out var bytes) ? new ConfigValue.Bytes(bytes) : null;
                error = "this is not base64";
                break;
            default:
                return TryJson(text, out value, out error);
        }
        return value is not null;
    }

    /// <summary>Any value from JSON; a mistake is told with its line and column.</summary>
    public static bool TryJson(string text, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            return PlainJson.TryRead(json.RootElement, out value, out error);
        }
        catch (JsonException broken)
        {
            var line = (broken.LineNumber ?? 0) + 1;
            var column = (broken.BytePositionInLine ?? 0) + 1;
            error = text.Trim().Length == 0 ? "JSON is expected here" : $"line {line}, column {column}: this is not valid JSON";
            return false;
        }
    }

    private static string WholeNumberFault(string text)
    {
        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return $"{Cut(text)} does not fit into 64 bits";
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? $"{Cut(text)}: write a whole number without fraction or exponent"
            : $"\"{Cut(text)}\" is not a whole number";
    }

    /// <summary>People paste numbers with a typographic minus and with spaces between thousands.</summary>
    private static string Plain(string text) => text.Replace('−', '-').Replace("\u2009", "", StringComparison.Ordinal)
        .Replace("\u202f", "", StringComparison.Ordinal).Replace("\u00a0", "", StringComparison.Ordinal);

    private static bool TryBase64(string text, out ImmutableArray<byte> bytes)
    {
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        var read = Convert.TryFromBase64String(text, buffer, out var count);
        bytes = read ? [.. buffer.AsSpan(0, count)] : [];
        return read;
    }

    private static string Cut(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 39), "…");
}

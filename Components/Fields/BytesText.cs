using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Fields;

/// <summary>How bytes are written in a text box.</summary>
public enum BytesFormat
{
    Text,
    Hex,
    Base64,
}

/// <summary>Bytes as text and back. Only formats that give the same bytes back are offered.</summary>
public static class BytesText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Text, when it is text that survives a text area; else hex.</summary>
    public static BytesFormat Natural(ImmutableArray<byte> bytes) =>
        TryOf(BytesFormat.Text, bytes, out _) ? BytesFormat.Text : BytesFormat.Hex;

    public static bool TryOf(BytesFormat format, ImmutableArray<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = format switch
        {
            BytesFormat.Hex => Spaced(Convert.ToHexStringLower(bytes.AsSpan())),
            BytesFormat.Base64 => Convert.ToBase64String(bytes.AsSpan()),
            _ => Utf8(bytes),
        };
        return text is not null;
    }

    public static bool TryParse(BytesFormat format, string text, out ImmutableArray<byte> bytes, out string error)
    {
        bytes = [];
        error = "";
        switch (format)
        {
            case BytesFormat.Text:
                bytes = [.. Encoding.UTF8.GetBytes(text)];
                return true;
            case BytesFormat.Hex:
                var digits = Squeezed(text);
                if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
                {
                    error = "hex is pairs of 0–9 and a–f";
                    return false;
                }
                bytes = [.. Convert.FromHexString(digits)];
                return true;
            default:
                var squeezed = Squeezed(text);
                var buffer = new byte[(squeezed.Length / 4 * 3) + 3];
                if (!Convert.TryFromBase64String(squeezed, buffer, out var count))
                {
                    error = "this is not base64";
                    return false;
                }
                bytes = [.. buffer.AsSpan(0, count)];
                return true;
        }
    }

    /// <summary>Size and the beginning of the SHA-256, enough to compare two values by eye.</summary>
    public static string Summary(ImmutableArray<byte> bytes) =>
        $"{ConfigValueText.Size(bytes.Length)}, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan()).AsSpan(0, 6))}…";

    private static string? Utf8(ImmutableArray<byte> bytes)
    {
        try
        {
            var text = Strict.GetString(bytes.AsSpan());
            // A text area drops lone carriage returns and cannot hold most control characters.
            return text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Squeezed(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));

    private static string Spaced(string hex) => string.Join(' ', hex.Chunk(8).Select(part => new string(part)));
}

using System.Globalization;
using System.Text;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>The coding of <c>grpc-message</c>: UTF-8, everything outside 0x20–0x7E and <c>%</c> itself as <c>%XX</c>.</summary>
public static class PercentText
{
    /// <summary>Text → header value.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length * 2);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            _ = unit is >= 0x20 and <= 0x7E and not (byte)'%' ? encoded.Append((char)unit) : encoded.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        return encoded.ToString();
    }

    /// <summary>Header value → text. A broken sequence is kept as it is, never an error.</summary>
    public static string Decode(string value)
    {
        if (!value.Contains('%', StringComparison.Ordinal))
        {
            return value;
        }

        var bytes = new List<byte>(value.Length);
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '%' && at + 2 < value.Length
                && byte.TryParse(value.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                bytes.Add(unit);
                at += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(value, at, 1));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}

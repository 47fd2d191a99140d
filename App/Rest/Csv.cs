using System.Buffers;
using System.Globalization;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Cells as RFC 4180 has them; what a spreadsheet would take for a formula begins with an apostrophe.</summary>
public static class Csv
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n\t ");

    /// <summary>Times in UTC with milliseconds, numbers with a dot, nothing for null.</summary>
    public static string Cell(object? value) => value switch
    {
        null => "",
        string text => Quoted(text),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Quoted(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? $"'{text}" : text;
        return safe.AsSpan().ContainsAny(Special) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}

using System.Globalization;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>Addresses of lists of jobs, by the text of their query box.</summary>
public static class JobQueries
{
    public static string To(string query) => $"jobs?q={Uri.EscapeDataString(query)}";

    /// <summary>Ended from an instant on; of the whole second, which counters begin with too.</summary>
    public static string Ended(string state, DateTimeOffset since, string and = "") =>
        To($"state:{state} completed:>={Instant(since)}{(and.Length > 0 ? $" {and}" : "")}");

    /// <summary>A text as one value, whatever it holds.</summary>
    public static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A text as one value, in quotes only where it needs them.</summary>
    public static string Word(string text) => text.Length > 0 && text.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.') ? text : Quoted(text);

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

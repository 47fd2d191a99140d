using System.Globalization;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>One line of output, whatever characters a name has.</summary>
internal static class OneLine
{
    public static string Of(string text) => string.Concat(text.Select(unit => char.IsControl(unit) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}") : unit.ToString()));
}

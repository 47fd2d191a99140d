using System.Globalization;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>Priorities as words or numbers from 0 to 100.</summary>
internal static class PriorityText
{
    public static readonly IReadOnlyList<string> Words = ["low", "normal", "high", "critical"];

    public static bool TryRead(string text, out int priority)
    {
        priority = text.ToLowerInvariant() switch
        {
            "low" => 25,
            "normal" => 50,
            "high" => 75,
            "critical" => 100,
            var number when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var given) => given,
            _ => -1,
        };
        return priority is >= 0 and <= 100;
    }
}

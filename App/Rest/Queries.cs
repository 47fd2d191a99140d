namespace BlazorPluginAdmin.App.Rest;

/// <summary>Query parameters: what cannot be read is the default, what is too much is the most.</summary>
public static class Queries
{
    public static int Number(string? text, int otherwise, int most) => int.TryParse(text, out var number) && number > 0 ? Math.Min(number, most) : otherwise;

    /// <summary>Null when there is none, or none that can be read.</summary>
    public static long? Number(string? text) => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool Flag(string? text) => text is "1" || (bool.TryParse(text, out var yes) && yes);
}

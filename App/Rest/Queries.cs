namespace BlazorPluginAdmin.App.Rest;

/// <summary>Query parameters.</summary>
public static class Queries
{
    /// <summary>As existing clients know it: what cannot be read is the default, what is too much is the most.</summary>
    public static int Number(string? text, int otherwise, int most) => int.TryParse(text, out var number) && number > 0 ? Math.Min(number, most) : otherwise;

    /// <summary>Of the routes that are ours alone: what is not meant so is said, and nothing is put in its place. Null: it can be taken.</summary>
    /// <param name="most"><see cref="int.MaxValue"/>: as large as one likes.</param>
    public static IResult? Number(string name, string? text, int otherwise, int least, int most, out int number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number) && number >= least && number <= most)
            ? null
            : WireJson.Error(StatusCodes.Status400BadRequest, $"{name} is {(most == int.MaxValue ? $"a number from {least} on" : $"{least} to {most}")}; left out it is {otherwise}");
    }

    /// <summary>Null when there is none, or none that can be read.</summary>
    public static long? Number(string? text) => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The parameters that are read by <see cref="Flag"/>.</summary>
    public static readonly string[] Flags = ["ascending", "exactly", "follow", "raw", "progress", "activities", "dry_run", "async", "test", "force_refresh"];

    public static bool IsFlag(string? text) => string.IsNullOrEmpty(text) || text is "0" or "1" || bool.TryParse(text, out _);

    public static bool Flag(string? text) => text is "1" || (bool.TryParse(text, out var yes) && yes);
}

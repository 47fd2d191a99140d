namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>The worker did not do what the case expects.</summary>
internal sealed class CaseFailure(string expected, string seen) : Exception($"expected {expected}; seen: {seen}")
{
    public string Expected { get; } = expected;

    public string Seen { get; } = seen;
}

/// <summary>The SDK cannot be asked this; only where the contract allows it.</summary>
internal sealed class CaseSkipped(string why) : Exception(why);

/// <summary>Comparisons that say what was expected and what was seen.</summary>
internal static class Expect
{
    public static void True(bool holds, string expected, object? seen)
    {
        if (!holds)
        {
            throw new CaseFailure(expected, Text(seen));
        }
    }

    public static void Equal<T>(T expected, T seen, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, seen))
        {
            throw new CaseFailure($"{what} {Text(expected)}", Text(seen));
        }
    }

    public static void Between(double low, double high, double seen, string what, string unit)
    {
        if (seen < low || seen > high)
        {
            throw new CaseFailure(FormattableString.Invariant($"{what} between {low:0.##} and {high:0.##} {unit}"), FormattableString.Invariant($"{seen:0.###} {unit}"));
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "nothing",
        string text => text.Length == 0 ? "an empty text" : Short(text),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        System.Collections.IEnumerable items => "[" + Short(string.Join(", ", items.Cast<object?>())) + "]",
        _ => Short(value.ToString() ?? ""),
    };

    private static string Short(string text) => text.Length <= 500 ? text : text[..500] + " …";
}

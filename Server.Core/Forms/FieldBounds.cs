namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Order between values of kinds that have one: whole numbers, numbers, durations, also mixed.</summary>
internal static class FieldBounds
{
    /// <summary>Null when the two cannot be ordered.</summary>
    public static int? Compare(ConfigValue left, ConfigValue right) => (left, right) switch
    {
        (ConfigValue.Int64 a, ConfigValue.Int64 b) => a.Value.CompareTo(b.Value),
        (ConfigValue.Double a, ConfigValue.Double b) when !double.IsNaN(a.Value) && !double.IsNaN(b.Value) => a.Value.CompareTo(b.Value),
        (ConfigValue.Int64 a, ConfigValue.Double b) when !double.IsNaN(b.Value) => Compare(a.Value, b.Value),
        (ConfigValue.Double a, ConfigValue.Int64 b) when !double.IsNaN(a.Value) => -Compare(b.Value, a.Value),
        (ConfigValue.Duration a, ConfigValue.Duration b) =>
            a.Seconds != b.Seconds ? a.Seconds.CompareTo(b.Seconds) : a.Nanos.CompareTo(b.Nanos),
        (ConfigValue.Duration, ConfigValue.Int64 or ConfigValue.Double) =>
            FieldConversion.TryTo(ConfigKind.Duration, right, out var span) ? Compare(left, span) : null,
        _ => null,
    };

    /// <summary>Whether a bound means anything for values of a kind.</summary>
    public static bool Applies(ConfigKind kind, ConfigValue? bound) => bound is not null && kind switch
    {
        ConfigKind.Int64 or ConfigKind.Double => bound is ConfigValue.Int64 or ConfigValue.Double { Value: not double.NaN },
        ConfigKind.Duration => bound is ConfigValue.Duration
            || (bound is ConfigValue.Int64 or ConfigValue.Double && FieldConversion.TryTo(ConfigKind.Duration, bound, out _)),
        _ => false,
    };

    /// <summary>Exact: a 64-bit number is not squeezed into a double first.</summary>
    private static int Compare(long whole, double number)
    {
        if (number >= 9_223_372_036_854_775_808.0)
            return -1;
        if (number < -9_223_372_036_854_775_808.0)
            return 1;
        var floor = Math.Floor(number);
        var order = whole.CompareTo((long)floor);
        return order != 0 ? order : number > floor ? -1 : 0;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// A stored value in the kind its field wants. Other tools write other kinds (a list where the form says text);
/// such values are shown converted and normalised by the next save. Nothing is rounded: what does not fit stays refused.
/// </summary>
public static class FieldConversion
{
    public static bool TryTo(ConfigKind kind, ConfigValue value, out ConfigValue converted)
    {
        converted = value;
        if (value.Kind == kind)
            return true;
        var result = kind switch
        {
            ConfigKind.Bool => ToBool(value),
            ConfigKind.Int64 => ToInt64(value),
            ConfigKind.Double => ToDouble(value),
            ConfigKind.Text => ToText(value),
            ConfigKind.Bytes => value is ConfigValue.Text text ? new ConfigValue.Bytes([.. Encoding.UTF8.GetBytes(text.Value)]) : null,
            ConfigKind.Duration => ToDuration(value),
            _ when FieldKinds.IsList(kind) => ToList(kind, value),
            _ => null,
        };
        converted = result ?? value;
        return result is not null;
    }

    /// <summary>A list of the kind from elements that already have the kind's element kind.</summary>
    public static ConfigValue ListOf(ConfigKind kind, IEnumerable<ConfigValue> elements) => kind switch
    {
        ConfigKind.TextList => new ConfigValue.TextList([.. elements.Select(element => ((ConfigValue.Text)element).Value)]),
        ConfigKind.Int64List => new ConfigValue.Int64List([.. elements.Select(element => ((ConfigValue.Int64)element).Value)]),
        ConfigKind.DoubleList => new ConfigValue.DoubleList([.. elements.Select(element => ((ConfigValue.Double)element).Value)]),
        ConfigKind.BoolList => new ConfigValue.BoolList([.. elements.Select(element => ((ConfigValue.Bool)element).Value)]),
        ConfigKind.List => new ConfigValue.List([.. elements]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of list"),
    };

    private static ConfigValue.Bool? ToBool(ConfigValue value) => value switch
    {
        ConfigValue.Int64 { Value: 0 or 1 } number => new ConfigValue.Bool(number.Value == 1),
        ConfigValue.Text text when bool.TryParse(text.Value, out var flag) => new ConfigValue.Bool(flag),
        _ => null,
    };

    private static ConfigValue.Int64? ToInt64(ConfigValue value) => value switch
    {
        // Above 2^53 a double no longer tells neighbours apart, so the number a person meant is unknown.
        ConfigValue.Double number when double.IsInteger(number.Value) && Math.Abs(number.Value) <= 9_007_199_254_740_992 =>
            new ConfigValue.Int64((long)number.Value),
        ConfigValue.Text text when long.TryParse(text.Value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            new ConfigValue.Int64(number),
        ConfigValue.Bool flag => new ConfigValue.Int64(flag.Value ? 1 : 0),
        ConfigValue.Duration { Nanos: 0 } duration => new ConfigValue.Int64(duration.Seconds),
        _ => null,
    };

    private static ConfigValue.Double? ToDouble(ConfigValue value) => value switch
    {
        ConfigValue.Int64 number when number.Value is >= -9_007_199_254_740_992 and <= 9_007_199_254_740_992 => new ConfigValue.Double(number.Value),
        ConfigValue.Text text when double.TryParse(text.Value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => new ConfigValue.Double(number),
        _ => null,
    };

    private static ConfigValue.Text? ToText(ConfigValue value) => value switch
    {
        ConfigValue.Map or ConfigValue.None => null,
        ConfigValue.Bytes bytes => Utf8(bytes.Value) is { } text ? new ConfigValue.Text(text) : null,
        ConfigValue.List list when list.Values.Any(element => element is ConfigValue.Map or ConfigValue.List) => null,
        _ => new ConfigValue.Text(ConfigValueText.Exact(value)),
    };

    private static ConfigValue.Duration? ToDuration(ConfigValue value) => value switch
    {
        ConfigValue.Int64 { Value: >= -DurationText.MaxSeconds and <= DurationText.MaxSeconds } seconds => new ConfigValue.Duration(seconds.Value, 0),
        ConfigValue.Double or ConfigValue.Text when DurationText.TryParse(ConfigValueText.Exact(value), out var duration) => duration,
        _ => null,
    };

    private static ConfigValue? ToList(ConfigKind kind, ConfigValue value)
    {
        var element = FieldKinds.ElementOf(kind);
        IEnumerable<ConfigValue> source = FieldKinds.IsList(value.Kind)
            ? FieldKinds.ElementsOf(value)
            : value switch
            {
                ConfigValue.Map or ConfigValue.None => [],
                ConfigValue.Text text => text.Value.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(part => new ConfigValue.Text(part)),
                _ => [value],
            };
        if (value is ConfigValue.Map or ConfigValue.None)
            return null;
        var elements = ImmutableArray.CreateBuilder<ConfigValue>();
        foreach (var item in source)
        {
            var converted = item;
            if (element != ConfigKind.None && !TryTo(element, item, out converted))
                return null;
            elements.Add(converted);
        }
        return ListOf(kind, elements);
    }

    private static string? Utf8(ImmutableArray<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.AsSpan());
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

using System.Globalization;
using BlazorPluginAdmin.Wire;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>Values of a form on one line, for people.</summary>
internal static class ValueText
{
    public static string Write(ConfigValue? value) => value?.KindCase switch
    {
        Kind.BoolValue => value.BoolValue ? "true" : "false",
        Kind.Int64Value => value.Int64Value.ToString(CultureInfo.InvariantCulture),
        Kind.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        Kind.StringValue => value.StringValue,
        Kind.BytesValue => $"{value.BytesValue.Length} bytes",
        Kind.DurationValue => DurationText.Write(value.DurationValue.ToTimeSpan()),
        Kind.StringList => string.Join(", ", value.StringList.Values),
        Kind.Int64List => string.Join(", ", value.Int64List.Values),
        Kind.DoubleList => string.Join(", ", value.DoubleList.Values.Select(number => number.ToString("R", CultureInfo.InvariantCulture))),
        Kind.BoolList => string.Join(", ", value.BoolList.Values.Select(flag => flag ? "true" : "false")),
        Kind.ListValue => string.Join(", ", value.ListValue.Values.Select(Write)),
        Kind.MapValue => string.Join(", ", value.MapValue.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={Write(field.Value)}")),
        _ => "",
    };
}

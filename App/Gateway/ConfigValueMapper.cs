using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using CoreValue = BlazorPluginAdmin.Server.Core.Forms.ConfigValue;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Values: wire ↔ record. Nesting is bounded, because a parser's recursion is not ours to test.</summary>
public static class ConfigValueMapper
{
    public static ConfigValues ToCore(MapField<string, Wire.ConfigValue> values) => ToCore(values, 0);

    public static CoreValue ToCore(Wire.ConfigValue? value) => ToCore(value, 0);

    public static void ToWire(ConfigValues values, MapField<string, Wire.ConfigValue> target)
    {
        foreach (var (name, value) in values)
        {
            target[name] = ToWire(value);
        }
    }

    public static Wire.ConfigValue ToWire(CoreValue value) => value switch
    {
        CoreValue.Bool boolean => new() { BoolValue = boolean.Value },
        CoreValue.Int64 number => new() { Int64Value = number.Value },
        CoreValue.Double number => new() { DoubleValue = number.Value },
        CoreValue.Text text => new() { StringValue = text.Value },
        CoreValue.Bytes bytes => new() { BytesValue = ByteString.CopyFrom(bytes.Value.AsSpan()) },
        CoreValue.Duration duration => new() { DurationValue = new Duration { Seconds = duration.Seconds, Nanos = duration.Nanos } },
        CoreValue.TextList list => new() { StringList = new Wire.StringList { Values = { list.Values } } },
        CoreValue.Int64List list => new() { Int64List = new Wire.Int64List { Values = { list.Values } } },
        CoreValue.DoubleList list => new() { DoubleList = new Wire.DoubleList { Values = { list.Values } } },
        CoreValue.BoolList list => new() { BoolList = new Wire.BoolList { Values = { list.Values } } },
        CoreValue.List list => new() { ListValue = new Wire.ValueList { Values = { list.Values.Select(ToWire) } } },
        CoreValue.Map map => new() { MapValue = ToWireMap(map.Fields) },
        CoreValue.None => new(),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.GetType().Name, "unknown kind"),
    };

    private static Wire.ValueMap ToWireMap(ConfigValues fields)
    {
        var map = new Wire.ValueMap();
        ToWire(fields, map.Fields);
        return map;
    }

    private static ConfigValues ToCore(MapField<string, Wire.ConfigValue> values, int depth) => values.Count == 0
        ? ConfigValues.Empty
        : ConfigValues.From(values.Take(WireLimits.Values).Select(pair => KeyValuePair.Create(pair.Key, ToCore(pair.Value, depth))));

    private static CoreValue ToCore(Wire.ConfigValue? value, int depth) => value?.KindCase switch
    {
        null or Wire.ConfigValue.KindOneofCase.None => CoreValue.None.Instance,
        Wire.ConfigValue.KindOneofCase.BoolValue => new CoreValue.Bool(value.BoolValue),
        Wire.ConfigValue.KindOneofCase.Int64Value => new CoreValue.Int64(value.Int64Value),
        Wire.ConfigValue.KindOneofCase.DoubleValue => new CoreValue.Double(value.DoubleValue),
        Wire.ConfigValue.KindOneofCase.StringValue => new CoreValue.Text(value.StringValue),
        Wire.ConfigValue.KindOneofCase.BytesValue => new CoreValue.Bytes([.. value.BytesValue.Span]),
        Wire.ConfigValue.KindOneofCase.DurationValue => new CoreValue.Duration(value.DurationValue.Seconds, value.DurationValue.Nanos),
        Wire.ConfigValue.KindOneofCase.StringList => new CoreValue.TextList([.. value.StringList.Values]),
        Wire.ConfigValue.KindOneofCase.Int64List => new CoreValue.Int64List([.. value.Int64List.Values]),
        Wire.ConfigValue.KindOneofCase.DoubleList => new CoreValue.DoubleList([.. value.DoubleList.Values]),
        Wire.ConfigValue.KindOneofCase.BoolList => new CoreValue.BoolList([.. value.BoolList.Values]),
        _ when depth >= WireLimits.Nesting => CoreValue.None.Instance,
        Wire.ConfigValue.KindOneofCase.ListValue => new CoreValue.List([.. value.ListValue.Values.Select(item => ToCore(item, depth + 1))]),
        Wire.ConfigValue.KindOneofCase.MapValue => new CoreValue.Map(ToCore(value.MapValue.Fields, depth + 1)),
        _ => CoreValue.None.Instance,
    };
}

using System.Text.Json;
using BlazorPluginAdmin.Wire;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.WorkerStock.Http;

/// <summary>Values of the protocol as plain JSON.</summary>
internal static class JsonBody
{
    public static byte[] Write(IReadOnlyDictionary<string, ConfigValue> fields)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            WriteMap(writer, fields);
        }

        return stream.ToArray();
    }

    private static void WriteMap(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, ConfigValue>> fields)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, ConfigValue value)
    {
        switch (value.KindCase)
        {
            case Kind.BoolValue: writer.WriteBooleanValue(value.BoolValue); break;
            case Kind.Int64Value: writer.WriteNumberValue(value.Int64Value); break;
            case Kind.DoubleValue when double.IsFinite(value.DoubleValue): writer.WriteNumberValue(value.DoubleValue); break;
            case Kind.StringValue: writer.WriteStringValue(value.StringValue); break;
            case Kind.BytesValue: writer.WriteBase64StringValue(value.BytesValue.Span); break;
            case Kind.DurationValue: writer.WriteNumberValue(value.DurationValue.Seconds + (value.DurationValue.Nanos / 1e9)); break;
            case Kind.StringList: WriteList(writer, value.StringList.Values, writer.WriteStringValue); break;
            case Kind.Int64List: WriteList(writer, value.Int64List.Values, writer.WriteNumberValue); break;
            case Kind.DoubleList: WriteList(writer, value.DoubleList.Values, writer.WriteNumberValue); break;
            case Kind.BoolList: WriteList(writer, value.BoolList.Values, writer.WriteBooleanValue); break;
            case Kind.ListValue: WriteList(writer, value.ListValue.Values, item => WriteValue(writer, item)); break;
            case Kind.MapValue: WriteMap(writer, value.MapValue.Fields); break;
            default: writer.WriteNullValue(); break;
        }
    }

    private static void WriteList<T>(Utf8JsonWriter writer, IEnumerable<T> items, Action<T> write)
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            write(item);
        }

        writer.WriteEndArray();
    }
}

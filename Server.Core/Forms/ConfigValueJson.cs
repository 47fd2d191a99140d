using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// Values in the wire's own JSON: an object with one member that names the kind, such as <c>{"int64_value":"9"}</c>.
/// Written in snake case, read in snake and camel case; 64-bit integers are text and never pass through a double.
/// </summary>
public static class ConfigValueJson
{
    /// <summary>One nested value costs four levels of JSON, so the default depth of 64 would be too shallow.</summary>
    internal static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 256 };

    internal static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private static readonly ImmutableArray<string> KindNames =
    [
        "", "bool_value", "int64_value", "double_value", "string_value", "bytes_value", "duration_value",
        "string_list", "int64_list", "double_list", "bool_list", "list_value", "map_value",
    ];

    public static string Write(ConfigValues values) => JsonText.Write(values, static (writer, values) => Write(writer, values));

    public static void Write(Utf8JsonWriter writer, ConfigValues values)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in values)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ConfigValue value)
    {
        writer.WriteStartObject();
        if (value.Kind != ConfigKind.None)
            writer.WritePropertyName(NameOf(value.Kind));
        switch (value)
        {
            case ConfigValue.None: break;
            case ConfigValue.Bool flag: writer.WriteBooleanValue(flag.Value); break;
            case ConfigValue.Int64 number: WriteInt64(writer, number.Value); break;
            case ConfigValue.Double number: WriteDouble(writer, number.Value); break;
            case ConfigValue.Text text: writer.WriteStringValue(text.Value); break;
            case ConfigValue.Bytes bytes: writer.WriteBase64StringValue(bytes.Value.AsSpan()); break;
            case ConfigValue.Duration duration: writer.WriteStringValue(DurationText.Wire(duration)); break;
            case ConfigValue.TextList list: WriteList(writer, list.Values, static (w, v) => w.WriteStringValue(v)); break;
            case ConfigValue.Int64List list: WriteList(writer, list.Values, WriteInt64); break;
            case ConfigValue.DoubleList list: WriteList(writer, list.Values, WriteDouble); break;
            case ConfigValue.BoolList list: WriteList(writer, list.Values, static (w, v) => w.WriteBooleanValue(v)); break;
            case ConfigValue.List list: WriteList(writer, list.Values, Write); break;
            case ConfigValue.Map map:
                writer.WriteStartObject();
                writer.WritePropertyName("fields");
                Write(writer, map.Fields);
                writer.WriteEndObject();
                break;
            default: throw new ArgumentOutOfRangeException(nameof(value), value.Kind, null);
        }
        writer.WriteEndObject();
    }

    /// <summary>Reads stored text of our own; anything else in it means the store was damaged.</summary>
    /// <exception cref="FormatException">The text is not what <see cref="Write(ConfigValues)"/> writes.</exception>
    public static ConfigValues Parse(string json)
    {
        using var document = JsonDocument.Parse(json, ReadOptions);
        return TryRead(document.RootElement, out ConfigValues? values, out var error) ? values : throw new FormatException(error);
    }

    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out ConfigValues? values, out string error)
    {
        values = null;
        return JsonText.IsText(json) ? TryReadFields(json, 0, out values, out error) : Refuse(JsonText.NoText, out error);
    }

    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        return JsonText.IsText(json) ? TryRead(json, 0, out value, out error) : Refuse(JsonText.NoText, out error);
    }

    /// <summary>Whether an object is an envelope: exactly one member, and it names a kind.</summary>
    internal static ConfigKind EnvelopeKind(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return ConfigKind.None;
        using var members = json.EnumerateObject();
        if (!members.MoveNext())
            return ConfigKind.None;
        var kind = KindOf(members.Current.Name);
        return members.MoveNext() ? ConfigKind.None : kind;
    }

    internal static ConfigKind KindOf(string name)
    {
        for (var kind = ConfigKind.Bool; kind <= ConfigKind.Map; kind++)
        {
            if (JsonText.IsName(name, NameOf(kind)))
                return kind;
        }
        return ConfigKind.None;
    }

    internal static string NameOf(ConfigKind kind) => KindNames[(int)kind];

    private static bool TryRead(JsonElement json, int depth, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        error = "";
        if (json.ValueKind == JsonValueKind.Null)
        {
            value = ConfigValue.None.Instance;
            return true;
        }
        if (json.ValueKind != JsonValueKind.Object)
            return Refuse("expected an object such as {\"int64_value\":\"9\"}", out error);
        if (depth > FormLimits.Nesting)
            return Refuse($"values are nested deeper than {FormLimits.Nesting}", out error);
        value = ConfigValue.None.Instance;
        var seen = false;
        foreach (var member in json.EnumerateObject())
        {
            var kind = KindOf(member.Name);
            // Unknown members are ignored as proto JSON readers of newer versions must; null means "not set".
            if (kind == ConfigKind.None || member.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (seen)
                return Refuse("a value has one kind, here are two", out error);
            seen = true;
            if (!TryReadKind(kind, member.Value, depth, out value, out error))
                return false;
        }
        return true;
    }

    private static bool TryReadKind(ConfigKind kind, JsonElement json, int depth, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        if (FieldKinds.IsList(kind))
            return TryReadList(kind, json, depth, out value, out error);
        value = null;
        error = "";
        switch (kind)
        {
            case ConfigKind.Bool when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                value = new ConfigValue.Bool(json.GetBoolean());
                break;
            case ConfigKind.Int64 when JsonText.TryInt64(json, out var number):
                value = new ConfigValue.Int64(number);
                break;
            case ConfigKind.Double when JsonText.TryDouble(json, out var number):
                value = new ConfigValue.Double(number);
                break;
            case ConfigKind.Text when json.ValueKind == JsonValueKind.String:
                value = new ConfigValue.Text(json.GetString()!);
                break;
            case ConfigKind.Bytes when JsonText.TryBytes(json, out var bytes):
                value = new ConfigValue.Bytes(bytes);
                break;
            case ConfigKind.Duration when json.ValueKind == JsonValueKind.String && DurationText.TryParse(json.GetString(), out var duration):
                value = duration;
                break;
            case ConfigKind.Map:
                var fields = json.ValueKind == JsonValueKind.Object ? JsonText.Member(json, "fields") : default;
                if (fields.ValueKind == JsonValueKind.Undefined && json.ValueKind == JsonValueKind.Object)
                    value = new ConfigValue.Map(ConfigValues.Empty);
                else if (TryReadFields(fields, depth + 1, out var values, out error))
                    value = new ConfigValue.Map(values);
                else
                    return false;
                break;
            default:
                return Refuse($"{NameOf(kind)} is not {FieldKinds.NameOf(kind)}", out error);
        }
        return value is not null;
    }

    private static bool TryReadList(ConfigKind kind, JsonElement json, int depth, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        error = "";
        if (json.ValueKind != JsonValueKind.Object)
            return Refuse($"{NameOf(kind)} is not {{\"values\":[…]}}", out error);
        var items = JsonText.Member(json, "values");
        if (items.ValueKind is not (JsonValueKind.Array or JsonValueKind.Undefined or JsonValueKind.Null))
            return Refuse($"{NameOf(kind)} is not {{\"values\":[…]}}", out error);
        var elements = new List<ConfigValue>();
        if (items.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in items.EnumerateArray())
            {
                var read = kind == ConfigKind.List
                    ? TryRead(item, depth + 1, out var element, out error)
                    : TryReadKind(FieldKinds.ElementOf(kind), item, depth, out element, out error);
                if (!read)
                    return Refuse($"item {elements.Count + 1}: {error}", out error);
                elements.Add(element!);
            }
        }
        value = FieldConversion.ListOf(kind, elements);
        return true;
    }

    private static bool TryReadFields(JsonElement json, int depth, [NotNullWhen(true)] out ConfigValues? values, out string error)
    {
        values = null;
        error = "";
        if (json.ValueKind != JsonValueKind.Object)
            return Refuse("expected an object with one member per value", out error);
        var read = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (!TryRead(member.Value, depth, out var value, out error))
                return Refuse($"{member.Name}: {error}", out error);
            if (!read.TryAdd(member.Name, value))
                return Refuse($"{member.Name} is there twice", out error);
        }
        values = ConfigValues.From(read);
        return true;
    }

    private static void WriteInt64(Utf8JsonWriter writer, long value) =>
        writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));

    private static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    private static void WriteList<T>(Utf8JsonWriter writer, ImmutableArray<T> values, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("values");
        foreach (var value in values)
            write(writer, value);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool Refuse(string text, out string error)
    {
        error = text;
        return false;
    }
}

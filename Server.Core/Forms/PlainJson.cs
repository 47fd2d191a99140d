using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// Values as plain JSON, the way people and scripts write them. Where plain JSON could not say the kind (bytes, durations, empty lists)
/// an envelope stands instead, so that reading what was written always gives the same value. An envelope is accepted everywhere.
/// </summary>
public static class PlainJson
{
    public static string Write(ConfigValue value, bool indented = false) =>
        JsonText.Write(value, static (writer, value) => Write(writer, value), indented);

    public static void Write(Utf8JsonWriter writer, ConfigValue value)
    {
        switch (value)
        {
            case ConfigValue.None: writer.WriteNullValue(); break;
            case ConfigValue.Bool flag: writer.WriteBooleanValue(flag.Value); break;
            case ConfigValue.Int64 number: writer.WriteNumberValue(number.Value); break;
            case ConfigValue.Double number when double.IsFinite(number.Value): writer.WriteRawValue(Marked(number.Value)); break;
            case ConfigValue.Text text: writer.WriteStringValue(text.Value); break;
            case ConfigValue.Map map when !LooksLikeEnvelope(map): WriteMap(writer, map); break;
            case ConfigValue.TextList { Values.Length: > 0 } or ConfigValue.Int64List { Values.Length: > 0 } or ConfigValue.BoolList { Values.Length: > 0 }:
            case ConfigValue.DoubleList { Values.Length: > 0 } doubles when doubles.Values.All(double.IsFinite):
            case ConfigValue.List list when CommonKind(list.Values) == ConfigKind.List:
                WriteArray(writer, value);
                break;
            default: ConfigValueJson.Write(writer, value); break;
        }
    }

    /// <summary>Converts one plain JSON value for a field. Numbers that do not fit the field's kind are refused, never rounded.</summary>
    public static bool TryRead(FieldSchema field, ConfigValue? defaultValue, JsonElement json, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        if (!JsonText.IsText(json))
        {
            value = null;
            return Refuse(JsonText.NoText, out error);
        }
        var kind = FieldKinds.Of(field, defaultValue);
        var envelope = ConfigValueJson.EnvelopeKind(json);
        if (envelope != ConfigKind.None && (kind != ConfigKind.Map || envelope == ConfigKind.Map))
            return ConfigValueJson.TryRead(json, out value, out error);
        if (field.Type == FieldType.Unspecified && defaultValue is null or ConfigValue.None)
            return TryRead(ConfigKind.None, json, 0, out value, out error);
        return TryRead(kind, json, 0, out value, out error);
    }

    /// <summary>Converts plain JSON without a schema: the kind is the one the JSON shows.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        return JsonText.IsText(json) ? TryRead(ConfigKind.None, json, 0, out value, out error) : Refuse(JsonText.NoText, out error);
    }

    private static bool TryRead(ConfigKind kind, JsonElement json, int depth, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        error = "";
        if (depth > FormLimits.Nesting)
            return Refuse($"nested deeper than {FormLimits.Nesting}", out error);
        if (json.ValueKind == JsonValueKind.Null)
        {
            value = ConfigValue.None.Instance;
            return true;
        }
        switch (kind)
        {
            case ConfigKind.None:
                return TryReadFree(json, depth, out value, out error);
            case ConfigKind.Bool when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                value = new ConfigValue.Bool(json.GetBoolean());
                return true;
            case ConfigKind.Int64 when JsonText.TryInt64(json, out var whole):
                value = new ConfigValue.Int64(whole);
                return true;
            case ConfigKind.Int64 when json.ValueKind is JsonValueKind.Number:
                return Refuse($"{json.GetRawText()} is not a whole number of 64 bits", out error);
            case ConfigKind.Double when JsonText.TryDouble(json, out var number) && double.IsFinite(number):
                value = new ConfigValue.Double(number);
                return true;
            case ConfigKind.Text when json.ValueKind == JsonValueKind.String:
                value = new ConfigValue.Text(json.GetString()!);
                return true;
            case ConfigKind.Bytes when JsonText.TryBytes(json, out var bytes):
                value = new ConfigValue.Bytes(bytes);
                return true;
            case ConfigKind.Duration when TryDuration(json, out var duration):
                value = duration;
                return true;
            case ConfigKind.Map when json.ValueKind == JsonValueKind.Object:
                return TryReadMap(json, depth, out value, out error);
            case >= ConfigKind.TextList and <= ConfigKind.List when json.ValueKind == JsonValueKind.Array:
                return TryReadList(kind, json, depth, out value, out error);
            default:
                return Refuse($"expected {FieldKinds.NameOf(kind)}{(kind == ConfigKind.Bytes ? ", as Base64" : "")}", out error);
        }
    }

    private static bool TryReadFree(JsonElement json, int depth, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        error = "";
        if (ConfigValueJson.EnvelopeKind(json) != ConfigKind.None)
            return ConfigValueJson.TryRead(json, out value, out error);
        switch (json.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                value = new ConfigValue.Bool(json.GetBoolean());
                return true;
            case JsonValueKind.String:
                value = new ConfigValue.Text(json.GetString()!);
                return true;
            case JsonValueKind.Number when json.GetRawText().AsSpan().IndexOfAny(".eE") < 0:
                return TryRead(ConfigKind.Int64, json, depth, out value, out error);
            case JsonValueKind.Number:
                return TryRead(ConfigKind.Double, json, depth, out value, out error);
            case JsonValueKind.Object:
                return TryReadMap(json, depth, out value, out error);
            case JsonValueKind.Array:
                if (!TryReadList(ConfigKind.List, json, depth, out value, out error))
                    return false;
                var elements = ((ConfigValue.List)value).Values;
                value = FieldConversion.ListOf(CommonKind(elements), elements);
                return true;
            default:
                return Refuse("not a value", out error);
        }
    }

    private static bool TryReadMap(JsonElement json, int depth, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        error = "";
        var fields = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (!TryRead(ConfigKind.None, member.Value, depth + 1, out var field, out error))
                return Refuse($"{member.Name}: {error}", out error);
            if (!fields.TryAdd(member.Name, field))
                return Refuse($"the key {member.Name} is there twice", out error);
        }
        value = new ConfigValue.Map(ConfigValues.From(fields));
        return true;
    }

    private static bool TryReadList(ConfigKind kind, JsonElement json, int depth, [NotNullWhen(true)] out ConfigValue? value, out string error)
    {
        value = null;
        error = "";
        var elements = new List<ConfigValue>();
        foreach (var item in json.EnumerateArray())
        {
            var wanted = FieldKinds.ElementOf(kind);
            if (!TryRead(ConfigValueJson.EnvelopeKind(item) == ConfigKind.None ? wanted : ConfigKind.None, item, depth + 1, out var element, out error))
                return Refuse($"item {elements.Count + 1}: {error}", out error);
            if (wanted != ConfigKind.None && element.Kind != wanted)
                return Refuse($"item {elements.Count + 1}: expected {FieldKinds.NameOf(wanted)}", out error);
            elements.Add(element);
        }
        value = FieldConversion.ListOf(kind, elements);
        return true;
    }

    private static bool TryDuration(JsonElement json, out ConfigValue.Duration duration)
    {
        duration = new ConfigValue.Duration(0, 0);
        var text = json.ValueKind switch
        {
            JsonValueKind.String => json.GetString(),
            JsonValueKind.Number => json.GetRawText(),
            _ => null,
        };
        return DurationText.TryParse(text, out duration);
    }

    /// <summary>The kind of list that plain JSON of these elements reads back as.</summary>
    private static ConfigKind CommonKind(IReadOnlyCollection<ConfigValue> elements)
    {
        foreach (var (element, list) in new[]
        {
            (ConfigKind.Text, ConfigKind.TextList), (ConfigKind.Int64, ConfigKind.Int64List),
            (ConfigKind.Double, ConfigKind.DoubleList), (ConfigKind.Bool, ConfigKind.BoolList),
        })
        {
            if (elements.Count > 0 && elements.All(value => value.Kind == element))
                return list;
        }
        return ConfigKind.List;
    }

    private static bool LooksLikeEnvelope(ConfigValue.Map map) =>
        map.Fields.Count == 1 && ConfigValueJson.KindOf(map.Fields.Keys.First()) != ConfigKind.None;

    /// <summary>A double that is whole keeps a fraction, so that it stays a double when read.</summary>
    private static string Marked(double value)
    {
        var text = ConfigValueText.Number(value);
        return text.AsSpan().IndexOfAny(".eE") < 0 ? text + ".0" : text;
    }

    private static void WriteMap(Utf8JsonWriter writer, ConfigValue.Map map)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in map.Fields)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }
        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, ConfigValue list)
    {
        writer.WriteStartArray();
        foreach (var element in FieldKinds.ElementsOf(list))
            Write(writer, element);
        writer.WriteEndArray();
    }

    private static bool Refuse(string text, out string error)
    {
        error = text;
        return false;
    }
}

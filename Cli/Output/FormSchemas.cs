using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.Cli.Output;

/// <summary>The forms of a job type as JSON schemas: what a submission takes, and the two configurations.</summary>
internal static class FormSchemas
{
    public static bool IsOfJob(ConfigSection section) => section.SectionId == "job" || section.SectionId.StartsWith("job.", StringComparison.Ordinal);

    public static string Write(DescribeResponse answer)
    {
        var descriptor = answer.Descriptor_;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("job_type", descriptor.JobType);
            json.WriteString("display_name", descriptor.DisplayName);
            json.WriteString("description", descriptor.Description);
            json.WriteNumber("descriptor_version", descriptor.DescriptorVersion);
            json.WriteString("provided_by", answer.ProvidedBy);
            Schema(json, "submit", descriptor.WorkerConfigForm, IsOfJob);
            Schema(json, "worker_config", descriptor.WorkerConfigForm, section => !IsOfJob(section));
            Schema(json, "admin_config", descriptor.AdminConfigForm, _ => true);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Schema(Utf8JsonWriter json, string name, ConfigForm? form, Func<ConfigSection, bool> isWanted)
    {
        var fields = form?.Sections.Where(isWanted).SelectMany(section => section.Fields).ToList() ?? [];
        json.WriteStartObject(name);
        json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        foreach (var field in fields)
        {
            json.WriteStartObject(field.Name);
            Property(json, field, form!.DefaultValues.GetValueOrDefault(field.Name));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("required");
        foreach (var field in fields.Where(field => field.Required && !form!.DefaultValues.ContainsKey(field.Name)))
            json.WriteStringValue(field.Name);
        json.WriteEndArray();
        json.WriteBoolean("additionalProperties", false);
        json.WriteEndObject();
    }

    private static void Property(Utf8JsonWriter json, ConfigField field, ConfigValue? standard)
    {
        json.WriteString("title", field.Label);
        json.WriteString("description", field.Description.Length > 0 ? field.Description : field.HelpText);
        json.WriteString("type", field.FieldType switch
        {
            ConfigFieldType.Bool => "boolean",
            ConfigFieldType.Int64 => "integer",
            ConfigFieldType.Double => "number",
            ConfigFieldType.List => "array",
            ConfigFieldType.Object => "object",
            _ => "string",
        });
        switch (field.FieldType)
        {
            case ConfigFieldType.Duration: json.WriteString("format", "duration, as 1h30m"); break;
            case ConfigFieldType.Bytes: json.WriteString("contentEncoding", "base64"); break;
        }

        if (field.Sensitive)
            json.WriteBoolean("writeOnly", true);
        if (field.ReadOnly)
            json.WriteBoolean("readOnly", true);
        if (!field.Sensitive)
            Value(json, "default", standard);
        foreach (var rule in field.ValidationRules)
        {
            Count(json, rule, ValidationRuleType.MinItems, field.FieldType == ConfigFieldType.Object ? "minProperties" : "minItems");
            Count(json, rule, ValidationRuleType.MaxItems, field.FieldType == ConfigFieldType.Object ? "maxProperties" : "maxItems");
        }

        if (field.FieldType != ConfigFieldType.List)
        {
            Allowed(json, field);
            return;
        }

        // What a list says of its values holds for each of them.
        json.WriteStartObject("items");
        if (ElementOf(field, standard) is { } element)
            json.WriteString("type", element);
        Allowed(json, field);
        json.WriteEndObject();
    }

    /// <summary>The kind of a list's elements is that of its default, strings where it has none; null: they may be anything.</summary>
    private static string? ElementOf(ConfigField field, ConfigValue? standard) => field.Widget == ConfigWidget.MultiSelect ? "string" : standard?.KindCase switch
    {
        Kind.Int64List => "integer",
        Kind.DoubleList => "number",
        Kind.BoolList => "boolean",
        Kind.ListValue => null,
        _ => "string",
    };

    private static void Allowed(Utf8JsonWriter json, ConfigField field)
    {
        if (field.FieldType == ConfigFieldType.Enum || field.Widget == ConfigWidget.MultiSelect)
            Names(json, "enum", field.Options.Where(option => !option.Disabled).Select(option => option.Value));
        Value(json, "minimum", field.MinValue);
        Value(json, "maximum", field.MaxValue);
        foreach (var rule in field.ValidationRules)
        {
            Count(json, rule, ValidationRuleType.MinLength, "minLength");
            Count(json, rule, ValidationRuleType.MaxLength, "maxLength");
            if (rule.Type == ValidationRuleType.Regex)
                json.WriteString("pattern", $"^(?:{rule.Expression})$");
        }
    }

    private static void Count(Utf8JsonWriter json, ValidationRule rule, ValidationRuleType type, string name)
    {
        if (rule.Type == type && long.TryParse(rule.Expression, out var count))
            json.WriteNumber(name, count);
    }

    private static void Value(Utf8JsonWriter json, string name, ConfigValue? value)
    {
        switch (value?.KindCase)
        {
            case Kind.BoolValue: json.WriteBoolean(name, value.BoolValue); break;
            case Kind.Int64Value: json.WriteNumber(name, value.Int64Value); break;
            case Kind.DoubleValue when double.IsFinite(value.DoubleValue): json.WriteNumber(name, value.DoubleValue); break;
            case Kind.StringValue: json.WriteString(name, value.StringValue); break;
            case Kind.DurationValue: json.WriteString(name, FormattableString.Invariant($"{value.DurationValue.Seconds + (value.DurationValue.Nanos / 1e9m)}s")); break;
            case Kind.StringList: Names(json, name, value.StringList.Values); break;
            case Kind.Int64List: All(json, name, value.Int64List.Values, json.WriteNumberValue); break;
            case Kind.DoubleList: All(json, name, value.DoubleList.Values.Where(double.IsFinite), json.WriteNumberValue); break;
            case Kind.BoolList: All(json, name, value.BoolList.Values, json.WriteBooleanValue); break;
        }
    }

    private static void Names(Utf8JsonWriter json, string name, IEnumerable<string> values) => All(json, name, values, json.WriteStringValue);

    private static void All<T>(Utf8JsonWriter json, string name, IEnumerable<T> values, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            write(value);
        json.WriteEndArray();
    }
}

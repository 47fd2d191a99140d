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

        if (field.FieldType == ConfigFieldType.Enum)
            Names(json, "enum", field.Options.Where(option => !option.Disabled).Select(option => option.Value));
        if (field.Sensitive)
            json.WriteBoolean("writeOnly", true);
        if (field.ReadOnly)
            json.WriteBoolean("readOnly", true);
        Value(json, "minimum", field.MinValue);
        Value(json, "maximum", field.MaxValue);
        if (!field.Sensitive)
            Value(json, "default", standard);
        foreach (var rule in field.ValidationRules)
            Rule(json, rule);
    }

    private static void Rule(Utf8JsonWriter json, ValidationRule rule)
    {
        var name = rule.Type switch
        {
            ValidationRuleType.MinLength => "minLength",
            ValidationRuleType.MaxLength => "maxLength",
            ValidationRuleType.MinItems => "minItems",
            ValidationRuleType.MaxItems => "maxItems",
            _ => "",
        };
        if (rule.Type == ValidationRuleType.Regex)
            json.WriteString("pattern", rule.Expression);
        else if (name.Length > 0 && long.TryParse(rule.Expression, out var count))
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
            case Kind.DurationValue: json.WriteString(name, $"{value.DurationValue.Seconds}s"); break;
            case Kind.StringList: Names(json, name, value.StringList.Values); break;
            case Kind.Int64List:
                json.WriteStartArray(name);
                foreach (var number in value.Int64List.Values)
                    json.WriteNumberValue(number);
                json.WriteEndArray();
                break;
        }
    }

    private static void Names(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}

using System.Buffers;
using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// One canonical text per descriptor: the wire's JSON names in a fixed order with nothing left out, maps ordered by key.
/// Equal text means equal descriptor, so it serves storing, comparing and the API alike.
/// </summary>
public static class DescriptorJson
{
    public static string Write(Descriptor descriptor) => JsonText.Write(descriptor, Write);

    /// <summary>How many bytes the text takes, without building a string of it.</summary>
    public static long Size(Descriptor descriptor)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, ConfigValueJson.WriteOptions);
        Write(writer, descriptor);
        writer.Flush();
        return writer.BytesCommitted;
    }

    public static void Write(Utf8JsonWriter writer, Descriptor descriptor)
    {
        writer.WriteStartObject();
        writer.WriteString("job_type", descriptor.JobType);
        writer.WriteString("display_name", descriptor.DisplayName);
        writer.WriteString("description", descriptor.Description);
        writer.WriteString("icon", descriptor.Icon);
        writer.WriteNumber("descriptor_version", descriptor.Version);
        WriteForm(writer, "admin_config_form", descriptor.AdminForm);
        WriteForm(writer, "worker_config_form", descriptor.WorkerForm);
        writer.WritePropertyName("admin_runtime_defaults");
        RuntimeSettingsJson.Write(writer, descriptor.RuntimeDefaults);
        writer.WritePropertyName("worker_default_values");
        ConfigValueJson.Write(writer, descriptor.WorkerDefaults);
        writer.WriteEndObject();
    }

    /// <exception cref="FormatException">The text is not a descriptor of ours.</exception>
    public static Descriptor Parse(string json)
    {
        using var document = JsonDocument.Parse(json, ConfigValueJson.ReadOptions);
        return DescriptorJsonReader.Read(document.RootElement);
    }

    private static void WriteForm(Utf8JsonWriter writer, string name, FormSchema? form)
    {
        if (form is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        writer.WriteString("form_id", form.Id);
        writer.WriteString("title", form.Title);
        writer.WriteString("description", form.Description);
        writer.WriteStartArray("sections");
        foreach (var section in form.Sections)
            WriteSection(writer, section);
        writer.WriteEndArray();
        writer.WritePropertyName("default_values");
        ConfigValueJson.Write(writer, form.Defaults);
        if (!form.OnceSecret.IsEmpty)
        {
            writer.WriteStartArray("once_secret");
            foreach (var secret in form.OnceSecret)
                writer.WriteStringValue(secret);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WriteSection(Utf8JsonWriter writer, SectionSchema section)
    {
        writer.WriteStartObject();
        writer.WriteString("section_id", section.Id);
        writer.WriteString("title", section.Title);
        writer.WriteString("description", section.Description);
        writer.WriteStartArray("fields");
        foreach (var field in section.Fields)
            WriteField(writer, field);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter writer, FieldSchema field)
    {
        writer.WriteStartObject();
        writer.WriteString("name", field.Name);
        writer.WriteString("label", field.Label);
        writer.WriteString("description", field.Description);
        writer.WriteString("help_text", field.HelpText);
        writer.WriteString("placeholder", field.Placeholder);
        writer.WriteString("field_type", WireNames.Of(field.Type));
        writer.WriteString("widget", WireNames.Of(field.Widget));
        writer.WriteBoolean("required", field.Required);
        writer.WriteBoolean("read_only", field.ReadOnly);
        writer.WriteBoolean("sensitive", field.Sensitive);
        if (field.KeptSecret)
            writer.WriteBoolean("kept_secret", true);
        WriteValue(writer, "min_value", field.Min);
        WriteValue(writer, "max_value", field.Max);
        writer.WriteStartArray("options");
        foreach (var option in field.Options)
            WriteOption(writer, option);
        writer.WriteEndArray();
        writer.WriteStartArray("validation_rules");
        foreach (var rule in field.Rules)
            WriteRule(writer, rule);
        writer.WriteEndArray();
        writer.WriteString("visible_when_field", field.VisibleWhenField);
        WriteValue(writer, "visible_when_equals", field.VisibleWhenEquals);
        writer.WriteEndObject();
    }

    private static void WriteOption(Utf8JsonWriter writer, FieldOption option)
    {
        writer.WriteStartObject();
        writer.WriteString("value", option.Value);
        writer.WriteString("label", option.Label);
        writer.WriteString("description", option.Description);
        writer.WriteBoolean("disabled", option.Disabled);
        writer.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter writer, FieldRule rule)
    {
        writer.WriteStartObject();
        writer.WriteString("type", WireNames.Of(rule.Type));
        writer.WriteString("expression", rule.Expression);
        writer.WriteString("error_message", rule.ErrorMessage);
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, ConfigValue? value)
    {
        if (value is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WritePropertyName(name);
        ConfigValueJson.Write(writer, value);
    }
}

using System.Collections.Immutable;
using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Reads what <see cref="DescriptorJson"/> writes; members that are missing have their default.</summary>
internal static class DescriptorJsonReader
{
    public static Descriptor Read(JsonElement json) => new()
    {
        JobType = Text(json, "job_type"),
        DisplayName = Text(json, "display_name"),
        Description = Text(json, "description"),
        Icon = Text(json, "icon"),
        Version = Member(json, "descriptor_version") is { ValueKind: JsonValueKind.Number } version ? version.GetUInt32() : 0,
        AdminForm = Form(Member(json, "admin_config_form")),
        WorkerForm = Form(Member(json, "worker_config_form")),
        RuntimeDefaults = RuntimeSettingsJson.Read(Member(json, "admin_runtime_defaults")),
        WorkerDefaults = Values(Member(json, "worker_default_values")),
    };

    private static FormSchema? Form(JsonElement json) => IsAbsent(json)
        ? null
        : new FormSchema(
            Text(json, "form_id"), Text(json, "title"), Text(json, "description"),
            Each(json, "sections", Section), Values(Member(json, "default_values")))
        {
            OnceSecret = [.. Each(json, "once_secret", name => name.GetString() ?? "")],
        };

    private static SectionSchema Section(JsonElement json) =>
        new(Text(json, "section_id"), Text(json, "title"), Text(json, "description"), Each(json, "fields", Field));

    private static FieldSchema Field(JsonElement json) => new()
    {
        Name = Text(json, "name"),
        Label = Text(json, "label"),
        Description = Text(json, "description"),
        HelpText = Text(json, "help_text"),
        Placeholder = Text(json, "placeholder"),
        Type = WireNames.Type(Name(json, "field_type")),
        Widget = WireNames.Widget(Name(json, "widget")),
        Required = Flag(json, "required"),
        ReadOnly = Flag(json, "read_only"),
        Sensitive = Flag(json, "sensitive"),
        KeptSecret = Flag(json, "kept_secret"),
        Min = Value(Member(json, "min_value")),
        Max = Value(Member(json, "max_value")),
        Options = Each(json, "options", option =>
            new FieldOption(Text(option, "value"), Text(option, "label"), Text(option, "description"), Flag(option, "disabled"))),
        Rules = Each(json, "validation_rules", rule =>
            new FieldRule(WireNames.Rule(Name(rule, "type")), Text(rule, "expression"), Text(rule, "error_message"))),
        VisibleWhenField = Text(json, "visible_when_field"),
        VisibleWhenEquals = Value(Member(json, "visible_when_equals")),
    };

    private static ConfigValue? Value(JsonElement json)
    {
        if (IsAbsent(json))
            return null;
        return ConfigValueJson.TryRead(json, out ConfigValue? value, out var error) ? value : throw new FormatException(error);
    }

    private static ConfigValues Values(JsonElement json)
    {
        if (IsAbsent(json))
            return ConfigValues.Empty;
        return ConfigValueJson.TryRead(json, out ConfigValues? values, out var error) ? values : throw new FormatException(error);
    }

    private static ImmutableArray<T> Each<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        Member(json, name) is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray().Select(read)] : [];

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object ? JsonText.Member(json, name) : throw new FormatException("expected an object");

    private static string Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static string Name(JsonElement json, string name) => Text(json, name) is { Length: > 0 } text ? text : "0";

    private static bool Flag(JsonElement json, string name) => Member(json, name).ValueKind == JsonValueKind.True;

    private static bool IsAbsent(JsonElement json) => json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>Every type, widget and state once: the documentation of the fields, and what their tests walk through.</summary>
public static class GalleryForms
{
    private static readonly ImmutableArray<string> OptionNames =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"];

    public static readonly FormSchema Types = new(
        "gallery.types", "Types and widgets", "One field for every pair of type and widget that means something.",
        [
            Section("switches", "Switches and numbers",
                Field("bool_toggle", FieldType.Bool, FieldWidget.Toggle),
                Field("bool_plain", FieldType.Bool),
                Field("int64_number", FieldType.Int64, FieldWidget.Number) with { Min = Int(0), Max = Int(9) },
                Field("int64_text", FieldType.Int64, FieldWidget.Text),
                Field("int64_plain", FieldType.Int64),
                Field("double_number", FieldType.Double, FieldWidget.Number) with { Min = new ConfigValue.Double(0), Max = new ConfigValue.Double(1) },
                Field("double_plain", FieldType.Double)),
            Section("texts", "Texts, bytes, durations",
                Field("string_text", FieldType.Text, FieldWidget.Text),
                Field("string_textarea", FieldType.Text, FieldWidget.TextArea),
                Field("string_plain", FieldType.Text),
                Field("string_password", FieldType.Text, FieldWidget.Password),
                Field("bytes_textarea", FieldType.Bytes, FieldWidget.TextArea),
                Field("bytes_text", FieldType.Bytes, FieldWidget.Text),
                Field("bytes_password", FieldType.Bytes, FieldWidget.Password),
                Field("duration_duration", FieldType.Duration, FieldWidget.Duration),
                Field("duration_plain", FieldType.Duration)),
            Section("choices", "Choices",
                Field("enum_radio", FieldType.Choice, FieldWidget.Select) with { Options = Options(3) },
                Field("enum_select", FieldType.Choice, FieldWidget.Select) with { Options = Options(9) },
                Field("enum_multi", FieldType.Choice, FieldWidget.MultiSelect) with { Options = Options(3) },
                Field("list_multi", FieldType.List, FieldWidget.MultiSelect) with { Options = Options(14) }),
            Section("collections", "Lists and objects",
                Field("list_text", FieldType.List, FieldWidget.Text),
                Field("list_textarea", FieldType.List, FieldWidget.TextArea),
                Field("list_int64", FieldType.List),
                Field("list_double", FieldType.List),
                Field("list_bool", FieldType.List),
                Field("list_any", FieldType.List),
                Field("object_textarea", FieldType.Map, FieldWidget.TextArea),
                Field("unspecified", FieldType.Unspecified),
                Field("unspecified_map", FieldType.Unspecified)),
        ],
        ConfigValues.From(new Dictionary<string, ConfigValue>
        {
            ["bool_toggle"] = new ConfigValue.Bool(true),
            ["int64_number"] = Int(4),
            ["int64_text"] = Int(9_007_199_254_740_993),
            ["double_number"] = new ConfigValue.Double(0.3),
            ["string_text"] = new ConfigValue.Text("text"),
            ["string_textarea"] = new ConfigValue.Text("two\nlines"),
            ["bytes_textarea"] = new ConfigValue.Bytes([0, 1, 254, 255]),
            ["bytes_text"] = new ConfigValue.Bytes([.. "text as bytes"u8]),
            ["duration_duration"] = new ConfigValue.Duration(5_400, 0),
            ["enum_radio"] = new ConfigValue.Text("one"),
            ["enum_select"] = new ConfigValue.Text("two"),
            ["list_multi"] = new ConfigValue.TextList(["one", "four"]),
            ["list_text"] = new ConfigValue.TextList(["/data/a", "/data/b"]),
            ["list_int64"] = new ConfigValue.Int64List([0, 9_007_199_254_740_993]),
            ["list_double"] = new ConfigValue.DoubleList([0.5]),
            ["list_bool"] = new ConfigValue.BoolList([true, false]),
            ["list_any"] = new ConfigValue.List([Int(1), new ConfigValue.Text("x")]),
            ["object_textarea"] = new ConfigValue.Map(ConfigValues.Empty
                .With("bash", new ConfigValue.Text("/bin/bash"))
                .With("limits", new ConfigValue.Map(ConfigValues.Empty.With("files", Int(9_007_199_254_740_993))))),
            ["unspecified_map"] = new ConfigValue.Map(ConfigValues.Empty.With("k", new ConfigValue.Bool(true))),
            ["without_a_field"] = new ConfigValue.Text("carried along"),
        }));

    public static readonly FormSchema States = new(
        "gallery.states", "States", "The same fields in the states they can be in.",
        [
            Section("states", "States",
                Field("required", FieldType.Text) with { Required = true, HelpText = "Required and empty: an error as soon as the form is reviewed." },
                Field("too_large", FieldType.Double) with { Max = new ConfigValue.Double(1), HelpText = "Stored above its maximum." },
                Field("read_only", FieldType.List) with { ReadOnly = true },
                Field("secret_set", FieldType.Text) with { Sensitive = true },
                Field("secret_unset", FieldType.Text) with { Sensitive = true },
                Field("stored_as_list", FieldType.Text),
                Field("misfit", FieldType.Int64),
                Field("gone_option", FieldType.Choice) with { Options = Options(3) },
                Field("mode", FieldType.Choice) with { Options = Options(2), HelpText = "Choose two to see another field." },
                Field("appears", FieldType.Text) with { VisibleWhenField = "mode", VisibleWhenEquals = new ConfigValue.Text("two") },
                Field("broken_rules", FieldType.Int64) with { Min = Int(5), Max = Int(1), HelpText = "Its bounds contradict each other and are off." }),
        ],
        ConfigValues.Empty.With("mode", new ConfigValue.Text("one")));

    /// <summary>Stored values that bring the states about.</summary>
    public static readonly ConfigValues StoredStates = ConfigValues.From(new Dictionary<string, ConfigValue>
    {
        ["too_large"] = new ConfigValue.Double(1.4),
        ["read_only"] = new ConfigValue.TextList(["bash 5.2", "python 3.11"]),
        ["secret_set"] = new ConfigValue.Text("correct horse battery staple"),
        ["stored_as_list"] = new ConfigValue.TextList(["ssd", "hdd"]),
        ["misfit"] = new ConfigValue.Text("many"),
        ["gone_option"] = new ConfigValue.Text("removed"),
        ["left_over"] = Int(1),
    });

    private static SectionSchema Section(string id, string title, params ImmutableArray<FieldSchema> fields) => new(id, title, "", fields);

    private static FieldSchema Field(string name, FieldType type, FieldWidget widget = FieldWidget.Unspecified) => new()
    {
        Name = name,
        Label = name.Replace('_', ' '),
        Type = type,
        Widget = widget,
        HelpText = $"Type {type}, widget {(widget == FieldWidget.Unspecified ? "none" : widget)}.",
    };

    private static ImmutableArray<FieldOption> Options(int count) =>
    [
        .. OptionNames.Take(count).Select((value, index) => new FieldOption(value, $"Option {value}", index == 2 ? "not installed here" : "", index == 2)),
    ];

    private static ConfigValue.Int64 Int(long value) => new(value);
}

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Which kind of value a field stores. It follows the field's type; the widget only decides between looks.</summary>
public static class FieldKinds
{
    public static ConfigKind Of(FieldSchema field, ConfigValue? defaultValue) => field.Type switch
    {
        FieldType.Bool => ConfigKind.Bool,
        FieldType.Int64 => ConfigKind.Int64,
        FieldType.Double => ConfigKind.Double,
        FieldType.Text => ConfigKind.Text,
        FieldType.Bytes => ConfigKind.Bytes,
        FieldType.Duration => ConfigKind.Duration,
        FieldType.Choice when field.Widget == FieldWidget.MultiSelect => ConfigKind.TextList,
        FieldType.Choice => ConfigKind.Text,
        FieldType.List when field.Widget == FieldWidget.MultiSelect => ConfigKind.TextList,
        FieldType.List => defaultValue is not null && IsList(defaultValue.Kind) ? defaultValue.Kind : ConfigKind.TextList,
        FieldType.Map => ConfigKind.Map,
        _ => defaultValue is null or ConfigValue.None ? ConfigKind.Text : defaultValue.Kind,
    };

    public static bool IsList(ConfigKind kind) => kind is >= ConfigKind.TextList and <= ConfigKind.List;

    /// <summary>The kind of one element; lists of anything have elements of any kind.</summary>
    public static ConfigKind ElementOf(ConfigKind list) => list switch
    {
        ConfigKind.TextList => ConfigKind.Text,
        ConfigKind.Int64List => ConfigKind.Int64,
        ConfigKind.DoubleList => ConfigKind.Double,
        ConfigKind.BoolList => ConfigKind.Bool,
        _ => ConfigKind.None,
    };

    public static IReadOnlyList<ConfigValue> ElementsOf(ConfigValue list) => list switch
    {
        ConfigValue.TextList texts => [.. texts.Values.Select(value => new ConfigValue.Text(value))],
        ConfigValue.Int64List numbers => [.. numbers.Values.Select(value => new ConfigValue.Int64(value))],
        ConfigValue.DoubleList numbers => [.. numbers.Values.Select(value => new ConfigValue.Double(value))],
        ConfigValue.BoolList flags => [.. flags.Values.Select(value => new ConfigValue.Bool(value))],
        ConfigValue.List any => any.Values,
        _ => [],
    };

    /// <summary>What a person would call empty: it fails <c>required</c> and, outside lists, is not checked further.</summary>
    public static bool IsEmpty(ConfigValue? value) => value switch
    {
        null or ConfigValue.None => true,
        ConfigValue.Text text => string.IsNullOrWhiteSpace(text.Value),
        ConfigValue.Bytes bytes => bytes.Value.Length == 0,
        ConfigValue.Map map => map.Fields.Count == 0,
        _ => IsList(value.Kind) && ElementsOf(value).Count == 0,
    };

    /// <summary>The kind as people read it in a message.</summary>
    public static string NameOf(ConfigKind kind) => kind switch
    {
        ConfigKind.Bool => "on or off",
        ConfigKind.Int64 => "a whole number",
        ConfigKind.Double => "a number",
        ConfigKind.Text => "text",
        ConfigKind.Bytes => "bytes",
        ConfigKind.Duration => "a duration",
        ConfigKind.TextList => "a list of texts",
        ConfigKind.Int64List => "a list of whole numbers",
        ConfigKind.DoubleList => "a list of numbers",
        ConfigKind.BoolList => "a list of on/off values",
        ConfigKind.List => "a list",
        ConfigKind.Map => "an object",
        _ => "nothing",
    };
}

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>The names the wire's JSON has for our enums; a number beyond them keeps its digits.</summary>
internal static class WireNames
{
    private static readonly ImmutableArray<string> Types =
        ["UNSPECIFIED", "BOOL", "INT64", "DOUBLE", "STRING", "BYTES", "DURATION", "ENUM", "LIST", "OBJECT"];

    private static readonly ImmutableArray<string> Widgets =
        ["UNSPECIFIED", "TOGGLE", "TEXT", "TEXTAREA", "NUMBER", "SELECT", "MULTI_SELECT", "DURATION", "PASSWORD"];

    private static readonly ImmutableArray<string> Rules =
        ["UNSPECIFIED", "REGEX", "MIN_LENGTH", "MAX_LENGTH", "MIN_ITEMS", "MAX_ITEMS", "CUSTOM"];

    private const string TypePrefix = "CONFIG_FIELD_TYPE_";
    private const string WidgetPrefix = "CONFIG_WIDGET_";
    private const string RulePrefix = "VALIDATION_RULE_TYPE_";

    public static string Of(FieldType type) => Name(Types, TypePrefix, (int)type);

    public static string Of(FieldWidget widget) => Name(Widgets, WidgetPrefix, (int)widget);

    public static string Of(FieldRuleType rule) => Name(Rules, RulePrefix, (int)rule);

    public static FieldType Type(string name) => (FieldType)Number(Types, TypePrefix, name);

    public static FieldWidget Widget(string name) => (FieldWidget)Number(Widgets, WidgetPrefix, name);

    public static FieldRuleType Rule(string name) => (FieldRuleType)Number(Rules, RulePrefix, name);

    private static string Name(ImmutableArray<string> names, string prefix, int number) =>
        number >= 0 && number < names.Length ? prefix + names[number] : number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static int Number(ImmutableArray<string> names, string prefix, string name)
    {
        if (name.StartsWith(prefix, StringComparison.Ordinal) && names.IndexOf(name[prefix.Length..]) is >= 0 and var index)
            return index;
        return int.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"\"{name}\" is not a name of the wire");
    }
}

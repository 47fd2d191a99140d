using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>What kind of value a field stores. Numbers equal those of the wire.</summary>
public enum FieldType
{
    Unspecified = 0,
    Bool = 1,
    Int64 = 2,
    Double = 3,
    Text = 4,
    Bytes = 5,
    Duration = 6,
    Choice = 7,
    List = 8,
    Map = 9,
}

/// <summary>How a field wants to look; never what it stores. Numbers equal those of the wire.</summary>
public enum FieldWidget
{
    Unspecified = 0,
    Toggle = 1,
    Text = 2,
    TextArea = 3,
    Number = 4,
    Select = 5,
    MultiSelect = 6,
    Duration = 7,
    Password = 8,
}

/// <summary>A rule beyond type, range and required. Numbers equal those of the wire.</summary>
public enum FieldRuleType
{
    Unspecified = 0,
    Regex = 1,
    MinLength = 2,
    MaxLength = 3,
    MinItems = 4,
    MaxItems = 5,
    Custom = 6,
}

public sealed record FieldOption(string Value, string Label, string Description, bool Disabled);

public sealed record FieldRule(FieldRuleType Type, string Expression, string ErrorMessage);

/// <summary>One value a person may edit, as its worker described it.</summary>
public sealed record FieldSchema
{
    public required string Name { get; init; }

    public string Label { get; init; } = "";

    public string Description { get; init; } = "";

    public string HelpText { get; init; } = "";

    public string Placeholder { get; init; } = "";

    public FieldType Type { get; init; }

    public FieldWidget Widget { get; init; }

    public bool Required { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>Write-only for people: stored, sent to the worker, never shown.</summary>
    public bool Sensitive { get; init; }

    /// <summary>Sensitive only because it once was: its worker no longer says so, and no person has agreed yet.</summary>
    public bool KeptSecret { get; init; }

    public ConfigValue? Min { get; init; }

    public ConfigValue? Max { get; init; }

    public ImmutableArray<FieldOption> Options { get; init; } = [];

    public ImmutableArray<FieldRule> Rules { get; init; } = [];

    /// <summary>Name of the field of the same form that decides whether this one shows; empty = always.</summary>
    public string VisibleWhenField { get; init; } = "";

    public ConfigValue? VisibleWhenEquals { get; init; }

    /// <summary>What people call the field.</summary>
    public string Caption => Label.Length > 0 ? Label : Name;

    public bool IsSecret => Sensitive || Widget == FieldWidget.Password;
}

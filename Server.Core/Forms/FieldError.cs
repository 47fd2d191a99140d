namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Which form of a job type is meant.</summary>
public enum FormKind
{
    Admin,
    Worker,
    Submission,

    /// <summary>Scheduling and limits, which the admin itself describes.</summary>
    Runtime,
}

/// <summary>What is wrong at one place of a form.</summary>
/// <param name="Form">Which form: <c>admin</c>, <c>worker</c>, <c>submission</c> or <c>admin_runtime</c>; empty when it is no form's.</param>
/// <param name="Path">Field name, with list index or key: <c>roots[2]</c>, <c>overrides.key</c>.</param>
/// <param name="Code">Stable word for programs, see <see cref="FieldErrorCodes"/>.</param>
/// <param name="Message">Sentence for people; never repeats a secret.</param>
public sealed record FieldError(string Form, string Path, string Code, string Message)
{
    /// <summary>The name of the field the path starts at.</summary>
    public string Field { get; init; } = Path;

    /// <summary>What people call the field.</summary>
    public string Label { get; init; } = Path;

    public static FieldError Of(FormKind form, FieldSchema field, string path, string code, string message) =>
        new(NameOf(form), path, code, message) { Field = field.Name, Label = field.Caption };

    public static string NameOf(FormKind form) => form switch
    {
        FormKind.Admin => "admin",
        FormKind.Worker => "worker",
        FormKind.Submission => "submission",
        FormKind.Runtime => "admin_runtime",
        _ => throw new ArgumentOutOfRangeException(nameof(form)),
    };
}

/// <summary>The codes of <see cref="FieldError"/>; part of the API, never renamed.</summary>
public static class FieldErrorCodes
{
    public const string Required = "required";
    public const string Kind = "kind";
    public const string Min = "min";
    public const string Max = "max";
    public const string MinLength = "min_length";
    public const string MaxLength = "max_length";
    public const string MinItems = "min_items";
    public const string MaxItems = "max_items";
    public const string Regex = "regex";
    public const string Option = "option";
    public const string Custom = "custom";
    public const string Nesting = "nesting";

    /// <summary>The value is a sound one, but the policy of the job type does not let it run.</summary>
    public const string Policy = "policy";

    /// <summary>A submission named a value that no form knows.</summary>
    public const string Unknown = "unknown";
}

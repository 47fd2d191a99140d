namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>What is wrong at one place of a form.</summary>
/// <param name="Form">Form id, or empty when the form has none.</param>
/// <param name="Path">Field name, with list index or key: <c>roots[2]</c>, <c>overrides.key</c>.</param>
/// <param name="Code">Stable word for programs: required, min, max, regex, kind, option …</param>
/// <param name="Message">Sentence for people; never repeats a secret.</param>
public sealed record FieldError(string Form, string Path, string Code, string Message);

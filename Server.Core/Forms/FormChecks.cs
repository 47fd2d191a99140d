using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>A config as it would be stored, and everything wrong with it.</summary>
public sealed record ConfigVerdict(ConfigValues AdminValues, ConfigValues WorkerValues, ImmutableArray<FieldError> Errors)
{
    public bool IsValid => Errors.IsEmpty;
}

/// <summary>A submission's parameters as they would be stored, and everything wrong with them.</summary>
public sealed record SubmissionVerdict(ConfigValues Parameters, ImmutableArray<FieldError> Errors, ImmutableArray<string> Warnings)
{
    public bool IsValid => Errors.IsEmpty;
}

/// <summary>The two questions asked of a job type's forms: may this config be saved, may this job be submitted.</summary>
public static class FormChecks
{
    /// <summary>
    /// Checks both forms without the submit form. A job type that has not sent a descriptor yet takes any values.
    /// What is stored is what was given: a default that nobody touched stays a default.
    /// </summary>
    public static ConfigVerdict Config(Descriptor? descriptor, ConfigValues adminValues, ConfigValues workerValues)
    {
        if (descriptor is null)
            return new ConfigVerdict(adminValues, workerValues, []);
        var admin = FormValidator.Check(
            FormDefaults.AdminForm(descriptor), FormKind.Admin, FormDefaults.Admin(descriptor, adminValues), FormPart.Config);
        var worker = FormValidator.Check(
            FormDefaults.WorkerForm(descriptor), FormKind.Worker, FormDefaults.Worker(descriptor, workerValues), FormPart.Config);
        return new ConfigVerdict(
            Given(descriptor.AdminForm, admin.Accepted, adminValues), Given(descriptor.WorkerForm, worker.Accepted, workerValues), [.. admin.Errors, .. worker.Errors]);
    }

    /// <summary>
    /// Checks parameters against the submit form: given value, else saved config value, else default. A job type without a submit form takes
    /// any parameters unchecked.
    /// </summary>
    public static SubmissionVerdict Submission(Descriptor? descriptor, ConfigValues savedWorkerValues, ConfigValues given)
    {
        var whole = descriptor is null ? FormSchema.Empty : FormDefaults.WorkerForm(descriptor);
        var form = whole.Only(FormPart.Submission);
        if (form.Sections.IsEmpty)
            return new SubmissionVerdict(given, [], []);
        // Sections of the config may decide what shows here, so visibility sees all of them.
        var values = FormDefaults.Worker(descriptor, savedWorkerValues).Overlay(given);
        var verdict = FormValidator.Check(whole, FormKind.Submission, values, FormPart.Submission);
        var names = form.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = given.Keys.Where(name => !names.Contains(name)).Select(name =>
            new FieldError(FieldError.NameOf(FormKind.Submission), name, FieldErrorCodes.Unknown, $"{name} is not a parameter of this job type" + (NearestWord.To(name, names) is { } meant ? $"; did you mean {meant}?" : "")));
        var warnings = verdict.Hidden.Where(given.ContainsKey).Select(name => $"{name} is hidden by the other values and was left out");
        return new SubmissionVerdict(
            ConfigValues.From(verdict.Accepted.Where(pair => names.Contains(pair.Key))), [.. unknown, .. verdict.Errors], [.. warnings]);
    }

    private static ConfigValues Given(FormSchema? form, ConfigValues accepted, ConfigValues given) =>
        FormDefaults.WithoutReadOnly(form, ConfigValues.From(accepted.Where(pair => given.ContainsKey(pair.Key))));
}

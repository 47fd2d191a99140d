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
    /// Checks both forms; of the submit form, of which nothing needs to be there yet, what is there anew. A job type that has not sent a
    /// descriptor yet takes any values. What is stored is what was given: a default that nobody touched stays a default.
    /// </summary>
    /// <param name="before">Worker values as they are saved: what is among them has been taken before.</param>
    public static ConfigVerdict Config(Descriptor? descriptor, ConfigValues adminValues, ConfigValues workerValues, ConfigValues? before = null)
    {
        if (descriptor is null)
            return new ConfigVerdict(adminValues, workerValues, []);
        var admin = FormValidator.Check(
            FormDefaults.AdminForm(descriptor), FormKind.Admin, FormDefaults.Admin(descriptor, adminValues), FormPart.Config);
        var form = FormDefaults.WorkerForm(descriptor);
        var (asked, odd) = OfSubmissions(form, workerValues, before ?? ConfigValues.Empty);
        var worker = FormValidator.Check(form, FormKind.Worker, FormDefaults.Worker(descriptor, asked), FormPart.Config);
        return new ConfigVerdict(
            Given(descriptor.AdminForm, admin.Accepted, adminValues), Given(descriptor.WorkerForm, worker.Accepted, workerValues), [.. admin.Errors, .. worker.Errors, .. odd]);
    }

    /// <summary>
    /// Saved values of the submit form are what a submission has that says nothing: one that cannot be would have every submission refused.
    /// Not whether it shows: the submission may say what makes it show.
    /// </summary>
    private static (ConfigValues Values, ImmutableArray<FieldError> Errors) OfSubmissions(FormSchema form, ConfigValues values, ConfigValues before)
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        foreach (var field in form.Only(FormPart.Submission).Fields.DistinctBy(field => field.Name))
        {
            if (values.Find(field.Name) is not { } value || value is ConfigValue.None || value.Equals(before.Find(field.Name)) || value.Equals(form.Defaults.Find(field.Name)))
                continue;
            var wrong = FormValidator.CheckField(form, FormKind.Worker, field with { Required = false }, value);
            errors.AddRange(wrong);
            if (wrong.IsEmpty && FieldConversion.TryTo(form.KindOf(field), value, out var converted))
                values = values.With(field.Name, converted);
        }
        return (values, errors.ToImmutable());
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

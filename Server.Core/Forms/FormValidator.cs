using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>What the validator makes of a set of values: every error at once, and the values as they would be stored.</summary>
public sealed record FormVerdict(ConfigValues Accepted, ImmutableArray<FieldError> Errors, ImmutableArray<string> Hidden)
{
    public bool IsValid => Errors.IsEmpty;
}

/// <summary>
/// The one validator: pages, REST, gRPC and the command line all ask it, and the admin's answer is final.
/// Pure; its time is bounded, because both descriptors and values come from outside.
/// </summary>
public static class FormValidator
{
    /// <summary>
    /// Checks values against the sections of one part. Values are expected complete, with defaults laid under them
    /// (<see cref="FormDefaults"/>). Accepted are: visible fields in the kind their type wants, and every value without a field untouched.
    /// </summary>
    public static FormVerdict Check(FormSchema form, FormKind kind, ConfigValues values, FormPart part = FormPart.All)
    {
        var visibility = FieldVisibility.Of(form, values);
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        var hidden = ImmutableArray.CreateBuilder<string>();
        var accepted = values;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var fine = new List<FieldSchema>();
        foreach (var section in form.Sections)
        {
            var asked = part == FormPart.All || section.IsSubmitForm == (part == FormPart.Submission);
            foreach (var field in section.Fields)
            {
                // A name that is there twice belongs to its first field; the author is told about the other.
                if (!seen.Add(field.Name) || !asked)
                    continue;
                if (!visibility.IsVisible(field))
                {
                    if (accepted.ContainsKey(field.Name))
                        hidden.Add(field.Name);
                    accepted = accepted.Without(field.Name);
                }
                else if (TryAccept(field, form.KindOf(field), kind, values.Find(field.Name), errors, out var value))
                {
                    accepted = accepted.With(field.Name, value);
                    fine.Add(field);
                }
            }
        }
        foreach (var field in fine)
            CheckTogether(form, kind, field, accepted, errors);
        return new FormVerdict(accepted, errors.ToImmutable(), hidden.ToImmutable());
    }

    /// <summary>What depends on another field too, once both are as they would be stored.</summary>
    private static void CheckTogether(FormSchema form, FormKind kind, FieldSchema field, ConfigValues accepted, ImmutableArray<FieldError>.Builder errors)
    {
        foreach (var rule in field.Rules.Take(FormLimits.Rules).Where(rule => rule.Type == FieldRuleType.Custom))
        {
            var name = rule.Expression.Trim();
            if (CustomChecks.Together(name, field, form.Fields.FirstOrDefault(other => name.EndsWith(':' + other.Name, StringComparison.Ordinal)), accepted) is { } fault)
                errors.Add(FieldError.Of(kind, field, field.Name, FieldErrorCodes.Custom, rule.ErrorMessage.Length > 0 ? rule.ErrorMessage : fault));
        }
    }

    /// <summary>The errors of one field on its own, for a check while a person types.</summary>
    public static ImmutableArray<FieldError> CheckField(FormSchema form, FormKind kind, FieldSchema field, ConfigValue? value)
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        TryAccept(field, form.KindOf(field), kind, value, errors, out _);
        return errors.ToImmutable();
    }

    private static bool TryAccept(
        FieldSchema field, ConfigKind wanted, FormKind form, ConfigValue? given,
        ImmutableArray<FieldError>.Builder errors, [NotNullWhen(true)] out ConfigValue? value)
    {
        value = given;
        if (given is null or ConfigValue.None)
        {
            if (field.Required)
                errors.Add(FieldError.Of(form, field, field.Name, FieldErrorCodes.Required, $"{field.Caption} is required"));
            return false;
        }
        if (!FieldConversion.TryTo(wanted, given, out value))
        {
            var found = field.IsSecret ? FieldKinds.NameOf(given.Kind) : ConfigValueText.Short(given, 40);
            errors.Add(FieldError.Of(
                form, field, field.Name, FieldErrorCodes.Kind, $"{field.Caption} must be {FieldKinds.NameOf(wanted)}, not {found}"));
            return false;
        }
        errors.AddRange(new FieldCheck(field, FieldRules.Of(field, wanted), form).Errors(value));
        return true;
    }
}

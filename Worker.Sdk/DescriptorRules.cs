using System.Globalization;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Wire;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What an admin would not take of a descriptor, however it was made.</summary>
internal static class DescriptorRules
{
    /// <summary>Empty: nothing is wrong.</summary>
    public static IEnumerable<string> Problems(JobTypeDescriptor descriptor)
    {
        if (!IsJobType(descriptor.JobType))
        {
            yield return NotAJobType(descriptor.JobType);
        }

        if (descriptor.DescriptorVersion == 0)
        {
            yield return $"{descriptor.JobType}: the version of a descriptor is 1 or more";
        }

        foreach (var field in AdminRuntimeDefaults.Descriptor.Fields.InDeclarationOrder())
        {
            if (descriptor.AdminRuntimeDefaults is { } defaults && field.Accessor.GetValue(defaults) is int and < 0)
            {
                yield return $"{descriptor.JobType}: {field.Name} must be 0 or more";
            }
        }

        foreach (var form in (ConfigForm?[])[descriptor.AdminConfigForm, descriptor.WorkerConfigForm])
        {
            foreach (var problem in form is null ? [] : Problems(form))
            {
                yield return $"{form!.FormId}: {problem}";
            }
        }
    }

    /// <summary>What admins take as a job type in paths and ids.</summary>
    private static bool IsJobType(string text) => text.Length is > 0 and <= 64 && text.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '.' or '-');

    private static string NotAJobType(string text) => $"'{text}' is not a job type: use 1 to 64 letters, digits, '_', '.' or '-'";

    private static IEnumerable<string> Problems(ConfigForm form)
    {
        var fields = form.Sections.SelectMany(section => section.Fields).ToList();
        return Twice(form.Sections.Select(section => section.SectionId)).Select(id => $"the section {id} is there twice")
            .Concat(form.Sections.Where(section => section.Fields.Any(field => field.Name.Length == 0)).Select(section => $"a field without a name in {section.SectionId}"))
            .Concat(Twice(fields.Select(field => field.Name)).Select(name => $"the name {name} is used twice"))
            .Concat(form.DefaultValues.Keys.Where(name => fields.TrueForAll(field => field.Name != name)).Select(name => $"there is a default for {name}, which is not in the form"))
            .Concat(fields.Where(field => field.VisibleWhenField.Length > 0 && fields.TrueForAll(other => other.Name != field.VisibleWhenField))
                .Select(field => $"{field.Name} depends on {field.VisibleWhenField}, which is not in the form"))
            .Concat(fields.SelectMany(field => Problems(field, form.DefaultValues.TryGetValue(field.Name, out var otherwise) ? otherwise : null).Select(problem => $"{field.Name} {problem}")));
    }

    private static IEnumerable<string> Problems(ConfigField field, ConfigValue? otherwise)
    {
        (string Name, ConfigValue? Value, bool IsBound)[] values = [("a default", otherwise, false), ("a lowest value", field.MinValue, true), ("a highest value", field.MaxValue, true)];
        var wrong = values.Where(value => value.Value is { KindCase: not Kind.None } set && !(value.IsBound ? Bounds(field.FieldType, set.KindCase) : Fits(field.FieldType, set.KindCase))).ToList();
        return wrong.Count > 0
            ? wrong.Select(value => $"has {value.Name} of the kind {value.Value!.KindCase}, which does not fit its type")
            : OfRange(field, otherwise).Concat(OfChoices(field, otherwise)).Concat(field.ValidationRules.SelectMany(OfRule));
    }

    private static bool Fits(ConfigFieldType type, Kind kind) => type switch
    {
        ConfigFieldType.Bool => kind == Kind.BoolValue,
        ConfigFieldType.Int64 => kind == Kind.Int64Value,
        ConfigFieldType.Double => kind == Kind.DoubleValue,
        ConfigFieldType.String or ConfigFieldType.Enum => kind == Kind.StringValue,
        ConfigFieldType.Bytes => kind == Kind.BytesValue,
        ConfigFieldType.Duration => kind == Kind.DurationValue,
        ConfigFieldType.List => kind is Kind.StringList or Kind.Int64List or Kind.DoubleList or Kind.BoolList or Kind.ListValue,
        ConfigFieldType.Object => kind == Kind.MapValue,
        _ => true,
    };

    /// <summary>A list's bounds are those of its elements.</summary>
    private static bool Bounds(ConfigFieldType type, Kind kind) => type switch
    {
        ConfigFieldType.List => kind is Kind.Int64Value or Kind.DoubleValue,
        _ => Fits(type, kind),
    };

    private static IEnumerable<string> OfRange(ConfigField field, ConfigValue? otherwise)
    {
        if (Compare(field.MinValue, field.MaxValue) > 0)
        {
            yield return "has a lowest value above its highest";
        }
        else if (Compare(field.MinValue, otherwise) > 0 || Compare(otherwise, field.MaxValue) > 0)
        {
            yield return "has a default outside its range";
        }
    }

    /// <summary>Both have the same kind; 0 as well when one of them is missing or has no order.</summary>
    private static int Compare(ConfigValue? left, ConfigValue? right) => (left?.KindCase, right?.KindCase) switch
    {
        (Kind.Int64Value, Kind.Int64Value) => left!.Int64Value.CompareTo(right!.Int64Value),
        (Kind.DoubleValue, Kind.DoubleValue) => left!.DoubleValue.CompareTo(right!.DoubleValue),
        (Kind.DurationValue, Kind.DurationValue) => (left!.DurationValue.Seconds, left.DurationValue.Nanos).CompareTo((right!.DurationValue.Seconds, right.DurationValue.Nanos)),
        _ => 0,
    };

    private static IEnumerable<string> OfChoices(ConfigField field, ConfigValue? otherwise)
    {
        var choices = field.Options.Select(option => option.Value).ToList();
        foreach (var choice in Twice(choices))
        {
            yield return $"has the choice {choice} twice";
        }

        if (field.FieldType == ConfigFieldType.Enum || field.Widget == ConfigWidget.MultiSelect)
        {
            if (choices.Count == 0)
            {
                yield return "has no choices";
            }

            IEnumerable<string> chosen = otherwise?.KindCase switch
            {
                Kind.StringList => otherwise.StringList.Values,
                Kind.StringValue when otherwise.StringValue.Length > 0 => [otherwise.StringValue],
                _ => [],
            };
            foreach (var value in chosen.Except(choices))
            {
                yield return $"has the default {value}, which is none of its choices";
            }
        }
    }

    private static IEnumerable<string> OfRule(ValidationRule rule)
    {
        if (rule.Type == ValidationRuleType.Regex)
        {
            return Unreadable(rule.Expression) is { } why ? [$"has a pattern that cannot be read: {why}"] : [];
        }

        var isLimit = rule.Type is ValidationRuleType.MinLength or ValidationRuleType.MaxLength or ValidationRuleType.MinItems or ValidationRuleType.MaxItems;
        return isLimit && !int.TryParse(rule.Expression, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? ["has a limit that is no number of 0 or more"] : [];
    }

    private static string? Unreadable(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            return null;
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }

    private static IEnumerable<string> Twice(IEnumerable<string> names) => names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
}

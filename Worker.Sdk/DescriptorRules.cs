using System.Globalization;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Wire;
using Google.Protobuf.Collections;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What an admin would not take of a descriptor, however it was made.</summary>
internal static class DescriptorRules
{
    // An admin refuses the whole descriptor beyond these; a longer pattern it does not enforce.
    private const int MostSections = 50;
    private const int MostFields = 500;
    private const int MostDefaults = 2000;
    private const int MostChoices = 1000;
    private const int MostRules = 50;
    private const int MostBytes = 1024 * 1024;
    private const int Deepest = 16;
    private const int LongestName = 200;
    private const int LongestPattern = 1000;

    /// <summary>Stands before the name of the other field.</summary>
    private const string NotBothZero = "not_both_zero:";

    private static readonly string[] Checks = ["absolute_path", "safe_root", "glob", "http_url", "env_names", "header_map", "cidr", $"{NotBothZero}FIELD"];

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

        (ConfigForm? Form, MapField<string, ConfigValue> Over)[] forms = [(descriptor.AdminConfigForm, new MapField<string, ConfigValue>()), (descriptor.WorkerConfigForm, descriptor.WorkerDefaultValues)];
        foreach (var (form, over) in forms)
        {
            foreach (var problem in form is null ? [] : Problems(form, over))
            {
                yield return $"{form!.FormId}: {problem}";
            }
        }

        // The text that an admin measures is longer than this.
        if (descriptor.CalculateSize() > MostBytes)
        {
            yield return $"{descriptor.JobType}: the descriptor is larger than 1 MiB";
        }
    }

    /// <summary>What admins take as a job type in paths and ids.</summary>
    private static bool IsJobType(string text) => text.Length is > 0 and <= 64 && text.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '.' or '-');

    private static string NotAJobType(string text) => $"'{text}' is not a job type: use 1 to 64 letters, digits, '_', '.' or '-'";

    /// <param name="over">What the descriptor itself lays over the form's defaults.</param>
    private static IEnumerable<string> Problems(ConfigForm form, MapField<string, ConfigValue> over)
    {
        var fields = form.Sections.SelectMany(section => section.Fields).ToList();
        return TooMany(form.Sections.Count, MostSections, "sections")
            .Concat(TooMany(fields.Count, MostFields, "fields"))
            .Concat(TooMany(Math.Max(form.DefaultValues.Count, over.Count), MostDefaults, "default values"))
            .Concat(TooLong(form.Sections.Select(section => section.SectionId), "section id"))
            .Concat(TooLong(fields.Select(field => field.Name), "field name"))
            .Concat(Twice(form.Sections.Select(section => section.SectionId)).Select(id => $"the section {id} is there twice"))
            .Concat(form.Sections.Where(section => section.Fields.Any(field => field.Name.Length == 0)).Select(section => $"a field without a name in {section.SectionId}"))
            .Concat(Twice(fields.Select(field => field.Name)).Select(name => $"the name {name} is used twice"))
            .Concat(form.DefaultValues.Keys.Where(name => fields.TrueForAll(field => field.Name != name)).Select(name => $"there is a default for {name}, which is not in the form"))
            .Concat(TooDeep(form, fields, over).Select(name => $"{name} has a value nested deeper than {Deepest}"))
            .Concat(fields.Where(field => field.VisibleWhenField.Length > 0 && fields.TrueForAll(other => other.Name != field.VisibleWhenField))
                .Select(field => $"{field.Name} depends on {field.VisibleWhenField}, which is not in the form"))
            .Concat(fields.SelectMany(field => field.ValidationRules.Select(Other).OfType<string>().Where(name => fields.TrueForAll(other => other.Name != name)).Select(name => $"{field.Name} is checked with {name}, which is not in the form")))
            .Concat(Circling(fields).Select(name => $"{name} depends on itself"))
            .Concat(fields.SelectMany(field => Problems(field, Of(form.DefaultValues, field.Name), Stored(field, Of(over, field.Name) ?? Of(form.DefaultValues, field.Name))).Select(problem => $"{field.Name} {problem}")));
    }

    private static IEnumerable<string> Problems(ConfigField field, ConfigValue? otherwise, Kind stored)
    {
        (string Name, ConfigValue? Value, bool IsBound)[] values = [("a default", otherwise, false), ("a lowest value", field.MinValue, true), ("a highest value", field.MaxValue, true)];
        var wrong = values.Where(value => value.Value is { KindCase: not Kind.None } set && !(value.IsBound ? Bounds(stored, set.KindCase) : Fits(field.FieldType, set.KindCase))).ToList();
        return wrong.Count > 0
            ? wrong.Select(value => $"has {value.Name} of the kind {value.Value!.KindCase}, which does not fit its {(value.IsBound && field.FieldType == ConfigFieldType.List ? "elements" : "type")}")
            : OfRange(field, otherwise).Concat(OfChoices(field, otherwise)).Concat(OfRules(field, stored));
    }

    private static ConfigValue? Of(MapField<string, ConfigValue> values, string name) => values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Fields whose visibility leads back to themselves.</summary>
    private static IEnumerable<string> Circling(List<ConfigField> fields)
    {
        var controllers = fields.DistinctBy(field => field.Name).Where(field => field.Name.Length > 0 && field.VisibleWhenField.Length > 0)
            .ToDictionary(field => field.Name, field => field.VisibleWhenField, StringComparer.Ordinal);
        return controllers.Keys.Where(start =>
        {
            var at = controllers[start];
            for (var steps = 0; at != start && steps < controllers.Count && controllers.TryGetValue(at, out var next); steps++)
            {
                at = next;
            }

            return at == start;
        });
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

    /// <summary>The kind that an admin stores; of a list it is the default that tells the kind of the elements.</summary>
    private static Kind Stored(ConfigField field, ConfigValue? otherwise) => field.FieldType switch
    {
        ConfigFieldType.Bool => Kind.BoolValue,
        ConfigFieldType.Int64 => Kind.Int64Value,
        ConfigFieldType.Double => Kind.DoubleValue,
        ConfigFieldType.Bytes => Kind.BytesValue,
        ConfigFieldType.Duration => Kind.DurationValue,
        ConfigFieldType.Enum or ConfigFieldType.List when field.Widget == ConfigWidget.MultiSelect => Kind.StringList,
        ConfigFieldType.String or ConfigFieldType.Enum => Kind.StringValue,
        ConfigFieldType.List => otherwise is not null && Fits(ConfigFieldType.List, otherwise.KindCase) ? otherwise.KindCase : Kind.StringList,
        ConfigFieldType.Object => Kind.MapValue,
        _ => otherwise is { KindCase: not Kind.None } ? otherwise.KindCase : Kind.StringValue,
    };

    /// <summary>Which bounds mean anything for what is stored. A list's are those of its elements.</summary>
    private static bool Bounds(Kind stored, Kind bound) => stored switch
    {
        Kind.Int64Value or Kind.DoubleValue or Kind.DurationValue => bound == stored,
        Kind.Int64List or Kind.DoubleList => bound is Kind.Int64Value or Kind.DoubleValue,
        _ => false,
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

    /// <summary>0 as well when one of them is missing or has no order.</summary>
    private static int Compare(ConfigValue? left, ConfigValue? right) => (left?.KindCase, right?.KindCase) switch
    {
        (Kind.Int64Value, Kind.Int64Value) => left!.Int64Value.CompareTo(right!.Int64Value),
        (Kind.DoubleValue, Kind.DoubleValue) => left!.DoubleValue.CompareTo(right!.DoubleValue),
        (Kind.Int64Value, Kind.DoubleValue) => ((double)left!.Int64Value).CompareTo(right!.DoubleValue),
        (Kind.DoubleValue, Kind.Int64Value) => left!.DoubleValue.CompareTo((double)right!.Int64Value),
        (Kind.DurationValue, Kind.DurationValue) => (left!.DurationValue.Seconds, left.DurationValue.Nanos).CompareTo((right!.DurationValue.Seconds, right.DurationValue.Nanos)),
        _ => 0,
    };

    private static IEnumerable<string> OfChoices(ConfigField field, ConfigValue? otherwise)
    {
        var choices = field.Options.Select(option => option.Value).ToList();
        foreach (var problem in TooMany(choices.Count, MostChoices, "choices"))
        {
            yield return $"has {problem}";
        }

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

    private static IEnumerable<string> OfRules(ConfigField field, Kind stored) =>
        TooMany(field.ValidationRules.Count, MostRules, "rules").Select(problem => $"has {problem}")
            .Concat(field.ValidationRules.Select(rule => OfRule(rule, stored)).OfType<string>())
            .Concat(OfLimits(field, ValidationRuleType.MinLength, ValidationRuleType.MaxLength, "length"))
            .Concat(OfLimits(field, ValidationRuleType.MinItems, ValidationRuleType.MaxItems, "number of items"));

    private static string? OfRule(ValidationRule rule, Kind stored) => rule.Type switch
    {
        ValidationRuleType.Regex => Unreadable(rule.Expression) is { } why ? $"has a pattern that cannot be read: {why}" : null,
        ValidationRuleType.Custom => Array.IndexOf(Checks, rule.Expression.Trim()) >= 0 || Other(rule) is not null ? null : $"has the check {rule.Expression.Trim()}, which is none of {string.Join(", ", Checks)}",
        ValidationRuleType.MinLength or ValidationRuleType.MaxLength or ValidationRuleType.MinItems or ValidationRuleType.MaxItems when Limit(rule) is null => "has a limit that is no number of 0 or more",
        ValidationRuleType.MinLength or ValidationRuleType.MaxLength => stored is Kind.StringValue or Kind.BytesValue or Kind.StringList or Kind.ListValue or Kind.MapValue ? null : "has a limit of its length, which means nothing for its type",
        ValidationRuleType.MinItems or ValidationRuleType.MaxItems => Fits(ConfigFieldType.List, stored) || stored == Kind.MapValue ? null : "has a limit of its items, which means nothing for its type",
        _ => "has a rule of an unknown type",
    };

    /// <summary>The field that a check looks at too; null: it looks at none.</summary>
    private static string? Other(ValidationRule rule) =>
        rule.Type == ValidationRuleType.Custom && rule.Expression.Trim() is var name && name.StartsWith(NotBothZero, StringComparison.Ordinal) ? name[NotBothZero.Length..] : null;

    private static IEnumerable<string> OfLimits(ConfigField field, ValidationRuleType least, ValidationRuleType most, string things)
    {
        if (field.ValidationRules.Where(rule => rule.Type == least).Max(rule => Limit(rule)) > field.ValidationRules.Where(rule => rule.Type == most).Min(rule => Limit(rule)))
        {
            yield return $"has a lowest {things} above its highest";
        }
    }

    private static int? Limit(ValidationRule rule) => int.TryParse(rule.Expression, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;

    private static string? Unreadable(string pattern)
    {
        if (pattern.Length > LongestPattern)
        {
            return $"it is longer than {LongestPattern} characters";
        }

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

    /// <summary>The names of values that are nested too deep, each once.</summary>
    private static IEnumerable<string> TooDeep(ConfigForm form, List<ConfigField> fields, MapField<string, ConfigValue> over) =>
        form.DefaultValues.Concat(over).Where(value => IsDeeper(value.Value, Deepest)).Select(value => value.Key)
            .Concat(fields.Where(field => field.VisibleWhenEquals is { } equals && IsDeeper(equals, Deepest)).Select(field => field.Name))
            .Distinct(StringComparer.Ordinal);

    private static bool IsDeeper(ConfigValue value, int left) => left < 0 || value.KindCase switch
    {
        Kind.MapValue => value.MapValue.Fields.Values.Any(item => IsDeeper(item, left - 1)),
        Kind.ListValue => value.ListValue.Values.Any(item => IsDeeper(item, left - 1)),
        _ => false,
    };

    private static IEnumerable<string> TooMany(int count, int most, string things) => count > most ? [$"{count} {things}, at most {most} are taken"] : [];

    private static IEnumerable<string> TooLong(IEnumerable<string> names, string what) => names.Any(name => name.Length > LongestName) ? [$"a {what} is longer than {LongestName} characters"] : [];

    private static IEnumerable<string> Twice(IEnumerable<string> names) => names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
}

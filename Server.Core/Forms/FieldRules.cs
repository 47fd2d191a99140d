using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// The rules of one field that can be kept, and what is wrong with the others. A rule that contradicts itself is switched off and reported
/// to the author; it never stands in the way of the person who fills in the form.
/// </summary>
internal sealed record FieldRules
{
    public ConfigKind Kind { get; private init; }

    public ConfigValue? Min { get; private init; }

    public ConfigValue? Max { get; private init; }

    public ImmutableArray<CountRule> Counts { get; private init; } = [];

    public ImmutableArray<PatternRule> Patterns { get; private init; } = [];

    public ImmutableArray<CustomRule> Customs { get; private init; } = [];

    /// <summary>Code and text of each rule that is off.</summary>
    public ImmutableArray<(string Code, string Message)> Faults { get; private init; } = [];

    internal sealed record CountRule(FieldRuleType Type, long Bound, string ErrorMessage);

    internal sealed record PatternRule(Regex Regex, string ErrorMessage);

    internal sealed record CustomRule(string Name, string ErrorMessage);

    public static FieldRules Of(FieldSchema field, ConfigKind kind)
    {
        var faults = ImmutableArray.CreateBuilder<(string, string)>();
        var (min, max) = Bounds(field, kind, faults);
        var counts = new List<CountRule>();
        var patterns = ImmutableArray.CreateBuilder<PatternRule>();
        var customs = ImmutableArray.CreateBuilder<CustomRule>();
        foreach (var rule in field.Rules.Take(FormLimits.Rules))
        {
            switch (rule.Type)
            {
                case FieldRuleType.Regex:
                    if (TryPattern(rule.Expression, out var regex, out var fault))
                        patterns.Add(new PatternRule(regex!, rule.ErrorMessage));
                    else
                        faults.Add(("regex", fault));
                    break;
                case FieldRuleType.Custom:
                    var name = rule.Expression.Trim();
                    if (CustomChecks.IsKnown(name))
                        customs.Add(new CustomRule(name, rule.ErrorMessage));
                    else
                        faults.Add(("custom", $"the check \"{name}\" is not known and not enforced"));
                    break;
                case FieldRuleType.MinLength or FieldRuleType.MaxLength or FieldRuleType.MinItems or FieldRuleType.MaxItems:
                    if (!long.TryParse(rule.Expression.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bound))
                        faults.Add((CodeOf(rule.Type), $"\"{rule.Expression}\" is not a number"));
                    else if (!CountApplies(rule.Type, kind))
                        faults.Add((CodeOf(rule.Type), $"the rule means nothing for {FieldKinds.NameOf(kind)}"));
                    else
                        counts.Add(new CountRule(rule.Type, bound, rule.ErrorMessage));
                    break;
                default:
                    faults.Add(("rule", "a rule of an unknown type is not enforced"));
                    break;
            }
        }
        DropContradictions(counts, FieldRuleType.MinLength, FieldRuleType.MaxLength, faults);
        DropContradictions(counts, FieldRuleType.MinItems, FieldRuleType.MaxItems, faults);
        return new FieldRules
        {
            Kind = kind,
            Min = min,
            Max = max,
            Counts = [.. counts],
            Patterns = patterns.ToImmutable(),
            Customs = customs.ToImmutable(),
            Faults = faults.ToImmutable(),
        };
    }

    public static string CodeOf(FieldRuleType type) => type switch
    {
        FieldRuleType.Regex => FieldErrorCodes.Regex,
        FieldRuleType.MinLength => FieldErrorCodes.MinLength,
        FieldRuleType.MaxLength => FieldErrorCodes.MaxLength,
        FieldRuleType.MinItems => FieldErrorCodes.MinItems,
        FieldRuleType.MaxItems => FieldErrorCodes.MaxItems,
        _ => FieldErrorCodes.Custom,
    };

    private static (ConfigValue? Min, ConfigValue? Max) Bounds(
        FieldSchema field, ConfigKind kind, ImmutableArray<(string, string)>.Builder faults)
    {
        var scalar = FieldKinds.IsList(kind) ? FieldKinds.ElementOf(kind) : kind;
        var min = Usable("min", field.Min);
        var max = Usable("max", field.Max);
        if (min is null || max is null || FieldBounds.Compare(min, max) is null or <= 0)
            return (min, max);
        faults.Add(("min", $"the minimum {ConfigValueText.Exact(min)} is above the maximum {ConfigValueText.Exact(max)}; neither is enforced"));
        return (null, null);

        ConfigValue? Usable(string code, ConfigValue? bound)
        {
            if (bound is null or ConfigValue.None)
                return null;
            if (FieldBounds.Applies(scalar, bound))
                return bound;
            faults.Add((code, $"a bound of {ConfigValueText.Short(bound)} means nothing for {FieldKinds.NameOf(kind)}"));
            return null;
        }
    }

    private static bool CountApplies(FieldRuleType type, ConfigKind kind) => type is FieldRuleType.MinItems or FieldRuleType.MaxItems
        ? FieldKinds.IsList(kind) || kind == ConfigKind.Map
        : kind is ConfigKind.Text or ConfigKind.Bytes or ConfigKind.TextList or ConfigKind.List or ConfigKind.Map;

    private static void DropContradictions(
        List<CountRule> counts, FieldRuleType least, FieldRuleType most, ImmutableArray<(string, string)>.Builder faults)
    {
        var min = counts.Where(rule => rule.Type == least).Select(rule => (long?)rule.Bound).Max();
        var max = counts.Where(rule => rule.Type == most).Select(rule => (long?)rule.Bound).Min();
        if (min is null || max is null || min <= max)
            return;
        counts.RemoveAll(rule => rule.Type == least || rule.Type == most);
        faults.Add((CodeOf(least), $"at least {min} and at most {max} exclude each other; neither is enforced"));
    }

    /// <summary>The bare expression is compiled first: <c>a)(b</c> would otherwise become valid inside our own group.</summary>
    private static bool TryPattern(string expression, out Regex? regex, out string fault)
    {
        regex = null;
        fault = "";
        if (expression.Length > FormLimits.RegexLength)
        {
            fault = $"the expression is longer than {FormLimits.RegexLength} characters and not enforced";
            return false;
        }
        try
        {
            _ = new Regex(expression, RegexOptions.CultureInvariant, FormLimits.RegexTime);
            regex = new Regex($@"\A(?:{expression})\z", RegexOptions.CultureInvariant, FormLimits.RegexTime);
            return true;
        }
        catch (ArgumentException broken)
        {
            fault = $"the expression is broken and not enforced: {broken.Message}";
            return false;
        }
    }
}

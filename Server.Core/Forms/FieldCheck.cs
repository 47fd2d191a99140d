using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>One field's rules against one value that already has the field's kind.</summary>
internal sealed class FieldCheck(FieldSchema field, FieldRules rules, FormKind form)
{
    private readonly List<FieldError> _errors = [];

    /// <summary>Patterns that ran out of time; asked once, not once per element.</summary>
    private readonly HashSet<FieldRules.PatternRule> _tooSlow = [];

    public IReadOnlyList<FieldError> Errors(ConfigValue value)
    {
        if (field.Required && FieldKinds.IsEmpty(value))
            Add(field.Name, FieldErrorCodes.Required, "", $"{field.Caption} is required");
        else if (Depth(value, 0) > FormLimits.Nesting)
            Add(field.Name, FieldErrorCodes.Nesting, "", $"{field.Caption} is nested deeper than {FormLimits.Nesting}");
        else if (FieldKinds.IsList(value.Kind))
            CheckList(value);
        else if (value is ConfigValue.Map map)
            CheckMap(map);
        else if (!FieldKinds.IsEmpty(value))
            CheckScalar(field.Name, value);
        return _errors;
    }

    private void CheckList(ConfigValue list)
    {
        var elements = FieldKinds.ElementsOf(list);
        CheckItems(elements.Count, "items");
        for (var i = 0; i < elements.Count; i++)
            CheckScalar($"{field.Name}[{i}]", elements[i]);
        if (!rules.Customs.Any(rule => rule.Name == "safe_root"))
            return;
        for (var i = 0; i < elements.Count; i++)
            CheckRootsApart(elements, i);
    }

    private void CheckRootsApart(IReadOnlyList<ConfigValue> elements, int index)
    {
        if (elements[index] is not ConfigValue.Text inner)
            return;
        for (var other = 0; other < elements.Count; other++)
        {
            if (other == index || elements[other] is not ConfigValue.Text outer || !RootPaths.Nested(outer.Value, inner.Value))
                continue;
            // Two equal roots are one fault, told at the second.
            if (RootPaths.Nested(inner.Value, outer.Value) && other > index)
                continue;
            Add($"{field.Name}[{index}]", FieldErrorCodes.Custom, "", $"{Shown(inner)} lies inside {Shown(outer)}: roots must not be nested");
            return;
        }
    }

    private void CheckMap(ConfigValue.Map map)
    {
        CheckItems(map.Fields.Count, "keys");
        if (rules.Counts.Any(rule => rule.Type is FieldRuleType.MinLength or FieldRuleType.MaxLength))
            CheckLength(field.Name, map, Runes(PlainJson.Write(map)));
        foreach (var (key, value) in map.Fields)
        {
            var path = $"{field.Name}.{key}";
            if (!IsWhole(path, value))
                continue;
            foreach (var rule in rules.Customs)
            {
                if (CustomChecks.Entry(rule.Name, key, value) is { } fault)
                    Add(path, FieldErrorCodes.Custom, rule.ErrorMessage, $"{key} {fault}");
            }
            if (value.Kind is >= ConfigKind.Bool and <= ConfigKind.Text)
                CheckPatterns(path, value);
        }
    }

    private void CheckScalar(string path, ConfigValue value)
    {
        if (value is ConfigValue.Double number && !double.IsFinite(number.Value))
        {
            Add(path, FieldErrorCodes.Kind, "", $"{field.Caption} must be a finite number");
            return;
        }
        if (rules.Min is not null && FieldBounds.Compare(value, rules.Min) < 0)
            Add(path, FieldErrorCodes.Min, "", $"{Shown(value)} is below {ConfigValueText.Exact(rules.Min)}");
        if (rules.Max is not null && FieldBounds.Compare(value, rules.Max) > 0)
            Add(path, FieldErrorCodes.Max, "", $"{Shown(value)} is above {ConfigValueText.Exact(rules.Max)}");
        if (value is ConfigValue.Text text)
        {
            if (!IsWhole(path, value))
                return;
            CheckLength(path, value, Runes(text.Value));
            CheckOption(path, text);
            foreach (var rule in rules.Customs)
            {
                if (CustomChecks.Text(rule.Name, text.Value) is { } fault)
                    Add(path, FieldErrorCodes.Custom, rule.ErrorMessage, $"{Shown(value)} {fault}");
            }
        }
        else if (value is ConfigValue.Bytes bytes)
        {
            CheckLength(path, value, bytes.Value.Length);
        }
        if (value.Kind is not (ConfigKind.Bytes or ConfigKind.Map))
            CheckPatterns(path, value);
    }

    /// <summary>Whoever hands on a text with NUL would cut it there, behind what was checked; so nothing else is asked of it.</summary>
    private bool IsWhole(string path, ConfigValue value)
    {
        if (!HasNul(value))
            return true;
        Add(path, FieldErrorCodes.Regex, "", "NUL is no character of a text");
        return false;
    }

    private static bool HasNul(ConfigValue value) => value switch
    {
        ConfigValue.Text text => text.Value.Contains('\0', StringComparison.Ordinal),
        ConfigValue.Map map => map.Fields.Any(field => HasNul(field.Value)),
        _ when FieldKinds.IsList(value.Kind) => FieldKinds.ElementsOf(value).Any(HasNul),
        _ => false,
    };

    private void CheckOption(string path, ConfigValue.Text value)
    {
        // Options bind a choice; of other fields they are suggestions.
        if (field.Options.IsEmpty || !(field.Type == FieldType.Choice || field.Widget is FieldWidget.MultiSelect or FieldWidget.Select))
            return;
        var option = field.Options.FirstOrDefault(option => option.Value == value.Value);
        if (option is null)
        {
            var offered = field.Options.Where(option => !option.Disabled).Select(option => option.Value).ToList();
            var list = string.Join(", ", offered.Take(5)) + (offered.Count > 5 ? ", …" : "");
            Add(path, FieldErrorCodes.Option, "", $"{Shown(value)} is not offered; choose {list}");
        }
        else if (option.Disabled)
        {
            var why = option.Description.Length > 0 ? $": {option.Description}" : "";
            Add(path, FieldErrorCodes.Option, "", $"{Shown(value)} cannot be chosen{why}");
        }
    }

    private void CheckPatterns(string path, ConfigValue value)
    {
        foreach (var rule in rules.Patterns)
        {
            if (_tooSlow.Contains(rule))
                continue;
            try
            {
                if (!rule.Regex.IsMatch(ConfigValueText.Exact(value)))
                    Add(path, FieldErrorCodes.Regex, rule.ErrorMessage, $"{Shown(value)} does not have the form the author asks for");
            }
            catch (RegexMatchTimeoutException)
            {
                _tooSlow.Add(rule);
                Add(path, FieldErrorCodes.Regex, "", $"{field.Caption} could not be checked in time; try a shorter value");
            }
        }
    }

    private void CheckItems(int count, string unit)
    {
        foreach (var rule in rules.Counts)
        {
            if (rule.Type == FieldRuleType.MinItems && count < rule.Bound)
                Add(field.Name, FieldErrorCodes.MinItems, rule.ErrorMessage, $"{count} {unit}, at least {rule.Bound} needed");
            else if (rule.Type == FieldRuleType.MaxItems && count > rule.Bound)
                Add(field.Name, FieldErrorCodes.MaxItems, rule.ErrorMessage, $"{count} {unit}, at most {rule.Bound} allowed");
        }
    }

    private void CheckLength(string path, ConfigValue value, int length)
    {
        var unit = value is ConfigValue.Bytes ? "bytes" : "characters";
        foreach (var rule in rules.Counts)
        {
            if (rule.Type == FieldRuleType.MinLength && length < rule.Bound)
                Add(path, FieldErrorCodes.MinLength, rule.ErrorMessage, $"{length} {unit}, at least {rule.Bound} needed");
            else if (rule.Type == FieldRuleType.MaxLength && length > rule.Bound)
                Add(path, FieldErrorCodes.MaxLength, rule.ErrorMessage, $"{length} {unit}, at most {rule.Bound} allowed");
        }
    }

    private void Add(string path, string code, string authors, string ours) =>
        _errors.Add(FieldError.Of(form, field, path, code, authors.Length > 0 ? authors : ours));

    private string Shown(ConfigValue value) => field.IsSecret ? "the value" : ConfigValueText.Short(value, 60);

    private static int Runes(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private static int Depth(ConfigValue value, int depth) => depth > FormLimits.Nesting
        ? depth
        : value switch
        {
            ConfigValue.Map { Fields.Count: > 0 } map => map.Fields.Values.Max(field => Depth(field, depth + 1)),
            ConfigValue.List { Values.Length: > 0 } list => list.Values.Max(item => Depth(item, depth + 1)),
            _ => depth,
        };
}

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>A descriptor after the limits: texts cut to size, or refused with the reason.</summary>
public sealed record DescriptorCheck(Descriptor Descriptor, ImmutableArray<DescriptorFinding> Findings)
{
    public bool Refused => Findings.Any(finding => finding.Severity == FindingSeverity.Refused);

    /// <summary>Why it was refused, in one line; empty when it was not.</summary>
    public string Reason => string.Join("; ", Findings.Where(finding => finding.Severity == FindingSeverity.Refused).Select(finding => finding.Message));
}

/// <summary>A worker's descriptor is hostile input: numbers beyond the limits refuse it, long texts are cut.</summary>
public static class DescriptorLimits
{
    public static DescriptorCheck Check(Descriptor descriptor)
    {
        var check = new Run();
        var admin = check.Form(descriptor.AdminForm, FormKind.Admin);
        var worker = check.Form(descriptor.WorkerForm, FormKind.Worker);
        check.Values(descriptor.WorkerDefaults, FormKind.Worker);
        // Measured only when the counts are sane, so that measuring is not itself the attack.
        if (!check.Refused && DescriptorJson.Size(descriptor) > FormLimits.DescriptorBytes)
            check.Refuse(FormKind.Worker, "", "size", $"the descriptor is larger than {ConfigValueText.Size(FormLimits.DescriptorBytes)}");
        if (check.Refused)
            return new DescriptorCheck(descriptor, check.Findings);
        var cut = descriptor with
        {
            DisplayName = check.Title(descriptor.DisplayName, FormKind.Worker, ""),
            Icon = check.Title(descriptor.Icon, FormKind.Worker, ""),
            Description = check.Prose(descriptor.Description, FormKind.Worker, ""),
            AdminForm = admin,
            WorkerForm = worker,
        };
        return new DescriptorCheck(cut, check.Findings);
    }

    private sealed class Run
    {
        private readonly ImmutableArray<DescriptorFinding>.Builder _findings = ImmutableArray.CreateBuilder<DescriptorFinding>();

        public ImmutableArray<DescriptorFinding> Findings => _findings.ToImmutable();

        public bool Refused { get; private set; }

        public FormSchema? Form(FormSchema? form, FormKind kind)
        {
            if (form is null)
                return null;
            Most(form.Sections.Length, FormLimits.Sections, kind, "", "sections");
            Most(form.Sections.Sum(section => (long)section.Fields.Length), FormLimits.Fields, kind, "", "fields");
            Values(form.Defaults, kind);
            if (Refused)
                return form;
            return form with
            {
                Title = Title(form.Title, kind, ""),
                Description = Prose(form.Description, kind, ""),
                Sections = [.. form.Sections.Select(section => Section(section, kind))],
            };
        }

        public void Values(ConfigValues values, FormKind kind)
        {
            Most(values.Count, FormLimits.Values, kind, "", "default values");
            foreach (var (name, value) in values)
                Nesting(value, kind, name);
        }

        public void Refuse(FormKind kind, string field, string code, string message)
        {
            Refused = true;
            _findings.Add(new DescriptorFinding(FindingSeverity.Refused, kind, field, code, message));
        }

        public string Title(string text, FormKind kind, string field) => Cut(text, FormLimits.TitleLength, kind, field);

        public string Prose(string text, FormKind kind, string field) => Cut(text, FormLimits.DescriptionLength, kind, field);

        private SectionSchema Section(SectionSchema section, FormKind kind)
        {
            if (section.Id.Length > FormLimits.TitleLength)
                Refuse(kind, "", "name", $"a section id is longer than {FormLimits.TitleLength} characters");
            return section with
            {
                Title = Title(section.Title, kind, ""),
                Description = Prose(section.Description, kind, ""),
                Fields = [.. section.Fields.Select(field => Field(field, kind))],
            };
        }

        private FieldSchema Field(FieldSchema field, FormKind kind)
        {
            // Names are keys: cutting one would make another value of it.
            if (field.Name.Length > FormLimits.TitleLength)
                Refuse(kind, "", "name", $"a field name is longer than {FormLimits.TitleLength} characters");
            Most(field.Options.Length, FormLimits.Options, kind, field.Name, "options");
            Most(field.Rules.Length, FormLimits.Rules, kind, field.Name, "rules");
            foreach (var bound in new[] { field.Min, field.Max, field.VisibleWhenEquals })
                Nesting(bound, kind, field.Name);
            if (Refused)
                return field;
            return field with
            {
                Label = Title(field.Label, kind, field.Name),
                Description = Prose(field.Description, kind, field.Name),
                HelpText = Prose(field.HelpText, kind, field.Name),
                Placeholder = Prose(field.Placeholder, kind, field.Name),
                Options = [.. field.Options.Select(option => option with
                {
                    Label = Title(option.Label, kind, field.Name),
                    Description = Prose(option.Description, kind, field.Name),
                })],
                Rules = [.. field.Rules.Select(rule => rule with { ErrorMessage = Prose(rule.ErrorMessage, kind, field.Name) })],
            };
        }

        private void Most(long count, int limit, FormKind kind, string field, string things)
        {
            if (count > limit)
                Refuse(kind, field, things, $"{(field.Length > 0 ? field + ": " : "")}{count} {things}, at most {limit} are taken");
        }

        private void Nesting(ConfigValue? value, FormKind kind, string field)
        {
            if (value is not null && TooDeep(value, FormLimits.Nesting))
                Refuse(kind, field, "nesting", $"a value is nested deeper than {FormLimits.Nesting}");
        }

        private static bool TooDeep(ConfigValue value, int left) => left < 0 || value switch
        {
            ConfigValue.Map map => map.Fields.Values.Any(field => TooDeep(field, left - 1)),
            ConfigValue.List list => list.Values.Any(item => TooDeep(item, left - 1)),
            _ => false,
        };

        private string Cut(string text, int limit, FormKind kind, string field)
        {
            if (text.Length <= limit)
                return text;
            _findings.Add(new DescriptorFinding(FindingSeverity.Cut, kind, field, "length", $"a text of {text.Length} characters was cut to {limit}"));
            return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1), "…");
        }
    }
}

using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// Builds a job type's descriptor with kinds that fit: <c>new DescriptorBuilder("x", "X").Worker(form => form.Section(…))</c>.
/// Mistakes (a name twice, a default outside its range, an unknown controlling field) are thrown together by <see cref="Build"/>.
/// </summary>
public sealed class DescriptorBuilder
{
    private readonly JobTypeDescriptor _descriptor;

    /// <param name="jobType">Letters, digits, <c>_ . -</c>; at most 64.</param>
    /// <param name="displayName">What people call it.</param>
    /// <param name="icon">Name of an icon such as <c>fa-terminal</c>.</param>
    /// <param name="version">Raise it when the forms change.</param>
    public DescriptorBuilder(string jobType, string displayName, string description = "", string icon = "", uint version = 1) =>
        _descriptor = new JobTypeDescriptor { JobType = jobType, DisplayName = displayName, Description = description, Icon = icon, DescriptorVersion = version };

    /// <summary>Settings the admin itself reads.</summary>
    public DescriptorBuilder Admin(Action<FormBuilder> build)
    {
        _descriptor.AdminConfigForm = Form("admin", build);
        return this;
    }

    /// <summary>Settings and job parameters of the worker; sections <c>job</c> and <c>job.*</c> are asked for with each job.</summary>
    public DescriptorBuilder Worker(Action<FormBuilder> build)
    {
        _descriptor.WorkerConfigForm = Form("worker", build);
        foreach (var (name, value) in _descriptor.WorkerConfigForm.DefaultValues)
        {
            _descriptor.WorkerDefaultValues[name] = value;
        }

        return this;
    }

    /// <summary>
    /// Scheduling and limits the admin starts with, of a type that is enabled: <c>.Runtime(runtime => runtime.DetectionIntervalMinutes = 10)</c>.
    /// Numbers that are not set are the admin's own, as all are without this. A message of one's own would be a trap: the type of one that
    /// says nothing of <c>Enabled</c> is disabled.
    /// </summary>
    public DescriptorBuilder Runtime(Action<AdminRuntimeDefaults> set)
    {
        var defaults = new AdminRuntimeDefaults { Enabled = true };
        set(defaults);
        _descriptor.AdminRuntimeDefaults = defaults;
        return this;
    }

    /// <summary>The descriptor.</summary>
    /// <exception cref="InvalidOperationException">All mistakes, one per line.</exception>
    public JobTypeDescriptor Build()
    {
        // An admin takes a type without these for disabled.
        _descriptor.AdminRuntimeDefaults ??= new AdminRuntimeDefaults { Enabled = true };
        var problems = string.Join("\n", DescriptorRules.Problems(_descriptor));
        return problems.Length == 0 ? _descriptor : throw new InvalidOperationException(problems);
    }

    private ConfigForm Form(string kind, Action<FormBuilder> build)
    {
        var form = new FormBuilder($"{_descriptor.JobType}.{kind}");
        build(form);
        return form.Form;
    }
}

/// <summary>One form in the making.</summary>
public sealed class FormBuilder
{
    internal FormBuilder(string id) => Form = new ConfigForm { FormId = id };

    internal ConfigForm Form { get; }

    /// <summary>A card of fields.</summary>
    public FormBuilder Section(string id, string title, string description, Action<SectionBuilder> build)
    {
        var section = new ConfigSection { SectionId = id, Title = title, Description = description };
        Form.Sections.Add(section);
        build(new SectionBuilder(Form, section));
        return this;
    }
}

/// <summary>Fields of a section. Each method takes name, label, help and the default; the rest is said on the returned field.</summary>
public sealed class SectionBuilder
{
    private readonly ConfigForm _form;
    private readonly ConfigSection _section;

    internal SectionBuilder(ConfigForm form, ConfigSection section)
    {
        _form = form;
        _section = section;
    }

    /// <summary>A switch.</summary>
    public FieldBuilder Toggle(string name, string label, string help, bool otherwise = false) => Add(name, label, help, ConfigFieldType.Bool, ConfigWidget.Toggle, otherwise);

    /// <summary>A 64-bit integer.</summary>
    public FieldBuilder Integer(string name, string label, string help, long otherwise = 0) => Add(name, label, help, ConfigFieldType.Int64, ConfigWidget.Number, otherwise);

    /// <summary>A double.</summary>
    public FieldBuilder Number(string name, string label, string help, double otherwise = 0) => Add(name, label, help, ConfigFieldType.Double, ConfigWidget.Number, otherwise);

    /// <summary>One line of text.</summary>
    public FieldBuilder Text(string name, string label, string help, string otherwise = "") => Add(name, label, help, ConfigFieldType.String, ConfigWidget.Text, otherwise);

    /// <summary>Lines of text.</summary>
    public FieldBuilder TextArea(string name, string label, string help, string otherwise = "") => Add(name, label, help, ConfigFieldType.String, ConfigWidget.Textarea, otherwise);

    /// <summary>A secret: never shown again once saved.</summary>
    public FieldBuilder Secret(string name, string label, string help) => Add(name, label, help, ConfigFieldType.String, ConfigWidget.Password, null).Sensitive();

    /// <summary>Bytes.</summary>
    public FieldBuilder Bytes(string name, string label, string help) => Add(name, label, help, ConfigFieldType.Bytes, ConfigWidget.Textarea, Array.Empty<byte>());

    /// <summary>A span of time.</summary>
    public FieldBuilder Duration(string name, string label, string help, TimeSpan otherwise) => Add(name, label, help, ConfigFieldType.Duration, ConfigWidget.Duration, otherwise);

    /// <summary>One of several.</summary>
    public FieldBuilder Select(string name, string label, string help, string otherwise, params ReadOnlySpan<(string Value, string Label)> options) =>
        Add(name, label, help, ConfigFieldType.Enum, ConfigWidget.Select, otherwise).Options(options);

    /// <summary>Any of several.</summary>
    public FieldBuilder MultiSelect(string name, string label, string help, string[] otherwise, params ReadOnlySpan<(string Value, string Label)> options) =>
        Add(name, label, help, ConfigFieldType.List, ConfigWidget.MultiSelect, otherwise).Options(options);

    /// <summary>A list; its elements have the kind of the default.</summary>
    public FieldBuilder List(string name, string label, string help, Value otherwise) => Add(name, label, help, ConfigFieldType.List, ConfigWidget.Textarea, otherwise);

    /// <summary>A map of values.</summary>
    public FieldBuilder Map(string name, string label, string help, params IEnumerable<KeyValuePair<string, Value>> otherwise) =>
        Add(name, label, help, ConfigFieldType.Object, ConfigWidget.Textarea, Value.Map(otherwise));

    private FieldBuilder Add(string name, string label, string help, ConfigFieldType type, ConfigWidget widget, Value? otherwise)
    {
        var field = new ConfigField { Name = name, Label = label, HelpText = help, FieldType = type, Widget = widget };
        _section.Fields.Add(field);
        if (otherwise is { } value)
        {
            _form.DefaultValues[name] = value.Wire;
        }

        return new FieldBuilder(_form, field);
    }
}

/// <summary>One field in the making.</summary>
public sealed class FieldBuilder
{
    private readonly ConfigForm _form;

    internal FieldBuilder(ConfigForm form, ConfigField field)
    {
        _form = form;
        Field = field;
    }

    /// <summary>The field as the protocol carries it.</summary>
    public ConfigField Field { get; }

    /// <summary>Must have a value; such a field has no default.</summary>
    public FieldBuilder Required()
    {
        Field.Required = true;
        _form.DefaultValues.Remove(Field.Name);
        return this;
    }

    /// <summary>Shown, not edited.</summary>
    public FieldBuilder ReadOnly()
    {
        Field.ReadOnly = true;
        return this;
    }

    /// <summary>Lowest and highest value; of a list of numbers those of its elements.</summary>
    public FieldBuilder Range(Value lowest, Value highest)
    {
        Field.MinValue = lowest.Wire;
        Field.MaxValue = highest.Wire;
        return this;
    }

    /// <summary>Shown while empty.</summary>
    public FieldBuilder Placeholder(string text)
    {
        Field.Placeholder = text;
        return this;
    }

    /// <summary>A rule; the message is shown when it is broken, else the admin finds words.</summary>
    public FieldBuilder Rule(ValidationRuleType type, string expression, string message = "")
    {
        Field.ValidationRules.Add(new ValidationRule { Type = type, Expression = expression, ErrorMessage = message });
        return this;
    }

    /// <summary>Most items of a list or map.</summary>
    public FieldBuilder MaxItems(int most) => Rule(ValidationRuleType.MaxItems, most.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Fewest items.</summary>
    public FieldBuilder MinItems(int fewest) => Rule(ValidationRuleType.MinItems, fewest.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Longest text, or bytes.</summary>
    public FieldBuilder MaxLength(int most) => Rule(ValidationRuleType.MaxLength, most.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Shortest text, or bytes.</summary>
    public FieldBuilder MinLength(int fewest) => Rule(ValidationRuleType.MinLength, fewest.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The whole value must match.</summary>
    public FieldBuilder Regex(string pattern, string message = "") => Rule(ValidationRuleType.Regex, pattern, message);

    /// <summary>A named check of the admin: absolute_path, safe_root, glob, http_url, env_names, header_map, cidr; or not_both_zero: with the name of another number behind it.</summary>
    public FieldBuilder Check(string name) => Rule(ValidationRuleType.Custom, name);

    /// <summary>Shown only while another field of the form has this value.</summary>
    public FieldBuilder VisibleWhen(string field, Value equals)
    {
        Field.VisibleWhenField = field;
        Field.VisibleWhenEquals = equals.Wire;
        return this;
    }

    /// <summary>Never shown again once saved, whatever its type.</summary>
    public FieldBuilder Sensitive()
    {
        Field.Sensitive = true;
        Field.Widget = ConfigWidget.Password;
        return this;
    }

    /// <summary>The choice of that value cannot be taken, and why.</summary>
    public FieldBuilder DisabledOption(string value, string label, string why)
    {
        Field.Options.Add(new ConfigOption { Value = value, Label = label, Description = why, Disabled = true });
        return this;
    }

    internal FieldBuilder Options(ReadOnlySpan<(string Value, string Label)> options)
    {
        foreach (var (value, label) in options)
        {
            Field.Options.Add(new ConfigOption { Value = value, Label = label });
        }

        return this;
    }
}

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

public enum FindingSeverity
{
    /// <summary>A rule is switched off or a wish was not followed.</summary>
    Off,

    /// <summary>A text was too long and was cut.</summary>
    Cut,

    /// <summary>The descriptor is beyond a limit and is not taken.</summary>
    Refused,
}

/// <summary>Something the author of a descriptor should know.</summary>
public sealed record DescriptorFinding(FindingSeverity Severity, FormKind Form, string Field, string Code, string Message);

/// <summary>Rules that contradict themselves: they are off, people are not held up, and this list tells the author.</summary>
public static class DescriptorFindings
{
    public static ImmutableArray<DescriptorFinding> Of(Descriptor descriptor) =>
    [
        .. descriptor.AdminForm is { } admin ? Of(admin, FormKind.Admin) : [],
        .. descriptor.WorkerForm is not null ? Of(FormDefaults.WorkerForm(descriptor), FormKind.Worker) : [],
    ];

    public static ImmutableArray<DescriptorFinding> Of(FormSchema form, FormKind kind)
    {
        var findings = ImmutableArray.CreateBuilder<DescriptorFinding>();
        var names = form.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        var cyclic = FieldVisibility.CyclicFields(form);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in form.Fields)
        {
            if (!seen.Add(field.Name))
                Off(field, "duplicate", "another field has this name; the first one counts");
            if (field.Name.Length == 0)
                Off(field, "name", "a field without a name cannot store anything");
            if (cyclic.Contains(field.Name))
                Off(field, "visibility", "its visibility depends on itself; it always shows");
            else if (field.VisibleWhenField.Length > 0 && !names.Contains(field.VisibleWhenField))
                Off(field, "visibility", $"there is no field \"{field.VisibleWhenField}\"; it always shows");
            if (field.Type == FieldType.Choice && field.Options.IsEmpty)
                Off(field, "options", "a choice without options takes any text");
            if (field.Options.Select(option => option.Value).Distinct(StringComparer.Ordinal).Count() < field.Options.Length)
                Off(field, "options", "an option is there twice");
            if (!WidgetFits(field))
                Off(field, "widget", Enum.IsDefined(field.Widget) ? $"the widget {field.Widget} does not fit the type {field.Type}; the type decides" : $"the widget {(int)field.Widget} is not known here; the type decides");
            if (!Enum.IsDefined(field.Type))
                Off(field, "type", $"the type {(int)field.Type} is not known here; the kind of the default decides, else it is text");
            var stored = form.KindOf(field);
            foreach (var (code, message) in FieldRules.Of(field, stored).Faults)
                Off(field, code, message);
            if (form.Defaults.Find(field.Name) is { } value and not ConfigValue.None && !FieldConversion.TryTo(stored, value, out _))
                Off(field, "default", $"the default is not {FieldKinds.NameOf(stored)}");
        }
        return findings.ToImmutable();

        void Off(FieldSchema field, string code, string message) =>
            findings.Add(new DescriptorFinding(FindingSeverity.Off, kind, field.Name, code, message));
    }

    private static bool WidgetFits(FieldSchema field) => field.Widget == FieldWidget.Unspecified || (Enum.IsDefined(field.Widget) && Suits(field));

    private static bool Suits(FieldSchema field) => field.Type switch
    {
        FieldType.Bool => field.Widget == FieldWidget.Toggle,
        FieldType.Int64 or FieldType.Double => field.Widget is FieldWidget.Number or FieldWidget.Text,
        FieldType.Text => field.Widget is FieldWidget.Text or FieldWidget.TextArea or FieldWidget.Password or FieldWidget.Select,
        FieldType.Bytes => field.Widget is FieldWidget.Text or FieldWidget.TextArea or FieldWidget.Password,
        FieldType.Duration => field.Widget is FieldWidget.Duration or FieldWidget.Text,
        FieldType.Choice => field.Widget is FieldWidget.Select or FieldWidget.MultiSelect,
        FieldType.List => field.Widget is FieldWidget.MultiSelect or FieldWidget.Text or FieldWidget.TextArea,
        _ => true,
    };
}

using BlazorPluginAdmin.Components.Fields;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>How one field is drawn: the control, and whether it is a group of controls with a legend instead of a label.</summary>
public sealed record FieldLook(Type Control, bool IsGroup)
{
    /// <summary>Needs the whole line; the others stand two in a row.</summary>
    public bool IsWide => IsGroup || Control == typeof(TextAreaField) || Control == typeof(BytesField) || Control == typeof(SecretField) || Control == typeof(ReadOnlyField);
}

/// <summary>Kind and widget → control. The kind decides what is possible, the widget only between looks.</summary>
public static class FieldCatalog
{
    public static FieldLook LookOf(FieldSlot slot) => slot switch
    {
        { ReadOnly: true } => new(typeof(ReadOnlyField), false),
        { Field.IsSecret: true } => new(typeof(SecretField), false),
        { Kind: ConfigKind.Bool } => new(typeof(BoolField), false),
        { Kind: ConfigKind.Int64 or ConfigKind.Double } => new(typeof(NumberField), false),
        { Kind: ConfigKind.Duration } => new(typeof(DurationField), false),
        { Kind: ConfigKind.Bytes } => new(typeof(BytesField), false),
        { Kind: ConfigKind.Map } => new(typeof(ObjectField), true),
        { Kind: ConfigKind.TextList, Field: { Widget: FieldWidget.MultiSelect, Options.IsEmpty: false } } => new(typeof(MultiSelectField), true),
        _ when FieldKinds.IsList(slot.Kind) => new(typeof(ListField), true),
        { Field: { Type: FieldType.Choice, Options.IsEmpty: false } } or { Field: { Widget: FieldWidget.Select, Options.IsEmpty: false } } =>
            new(typeof(SelectField), slot.Field.Options.Length <= SelectField.RadioLimit),
        { Field.Widget: FieldWidget.TextArea } => new(typeof(TextAreaField), false),
        // A one-line box would drop line breaks and cut long text without a word.
        _ when slot.Text.Length > FieldControl.LineLength || slot.Text.AsSpan().ContainsAny('\r', '\n') => new(typeof(TextAreaField), false),
        _ => new(typeof(TextField), false),
    };
}

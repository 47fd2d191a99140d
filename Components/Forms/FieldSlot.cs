using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>
/// One field of a form being edited: what is stored, what a person changed, and text that is not a value yet.
/// Life: untouched → edited (dirty or not) → undone or part of a saved config. Used on the circuit's thread only.
/// </summary>
public sealed class FieldSlot
{
    private bool _edited;

    /// <summary>The stored value cannot be shown in the field's kind, so its text stands there until it is replaced.</summary>
    private bool _misfit;
    private ConfigValue? _edit;
    private ImmutableArray<FieldError> _refused = [];

    internal FieldSlot(FormBuffer buffer, FieldSchema field, SectionSchema section)
    {
        Buffer = buffer;
        Field = field;
        Section = section;
        Kind = buffer.Form.KindOf(field);
        Id = buffer.IdOf(field.Name);
        Load();
    }

    public FormBuffer Buffer { get; }

    public FieldSchema Field { get; }

    public SectionSchema Section { get; }

    public ConfigKind Kind { get; }

    /// <summary>Id of the control; label, help and errors derive theirs from it.</summary>
    public string Id { get; }

    public string HelpId => $"{Id}-help";

    public string ErrorId => $"{Id}-error";

    public ConfigValue? Default => Buffer.Form.Defaults.Find(Field.Name);

    /// <summary>As stored, in whatever kind. Never shown for a secret. Of what only the worker sets, its word of today counts.</summary>
    internal ConfigValue? Saved => Field.ReadOnly && Default is not null ? null : Given(Buffer.Saved.Find(Field.Name));

    /// <summary>What counts now: the edit, else the stored value, else the default. For secrets server-side only.</summary>
    internal ConfigValue? Effective => (_edited ? Given(_edit) : Saved) ?? Default;

    internal bool IsEdited => _edited;

    internal ConfigValue? Edit => _edit;

    /// <summary>What may be shown: of a secret only what was typed just now.</summary>
    public ConfigValue? Value
    {
        get
        {
            if (Field.IsSecret)
                return _edited ? _edit : null;
            return Effective is { } value && FieldConversion.TryTo(Kind, value, out var converted) ? converted : Effective;
        }
    }

    /// <summary>What the admin makes of the value where that is another one; empty = nothing to say.</summary>
    public string Note => Buffer.NoteOf?.Invoke(this) ?? "";

    /// <summary>What its author got wrong about it, looks aside; nothing of that holds a person up.</summary>
    public IEnumerable<DescriptorFinding> Findings => Buffer.Findings[Field.Name].Where(finding => finding.Code != "widget");

    /// <summary>Whether its bounds mean something together.</summary>
    public bool HasBounds => !Findings.Any(finding => finding.Code is FieldErrorCodes.Min or FieldErrorCodes.Max);

    /// <summary>Text that is not a value yet; kept so that nobody loses what they typed.</summary>
    public string? Raw { get; private set; }

    public string RawError { get; private set; } = "";

    /// <summary>The text for a one-box control.</summary>
    public string Text => Raw ?? (_edit is ConfigValue.None ? "" : FieldText.Of(Value));

    public bool ReadOnly => Field.ReadOnly || Buffer.ReadOnly;

    public bool IsVisible => Buffer.IsVisible(Field);

    public bool IsDirty => (Raw is not null && !_misfit) || (_edited && !Equals(Effective, Saved ?? Default));

    public bool IsDefault => Raw is null && Equals(Effective, Default);

    /// <summary>A stored value of another kind, shown converted and normalised by the next save; none when the kinds agree.</summary>
    public ConfigKind StoredAs => !_edited && Saved is { } saved && saved.Kind != Kind ? saved.Kind : ConfigKind.None;

    public bool SecretStored => Field.IsSecret && !FieldKinds.IsEmpty(Saved);

    /// <summary>Who gave the stored secret, and when; null where that is not known.</summary>
    public SecretOrigin? SecretSince => SecretStored ? Buffer.SecretOrigins.GetValueOrDefault(Field.Name) : null;

    public bool SecretReplaced => Field.IsSecret && _edited && !FieldKinds.IsEmpty(_edit);

    public bool SecretCleared => Field.IsSecret && _edited && FieldKinds.IsEmpty(_edit);

    public bool Touched { get; private set; }

    public ImmutableArray<FieldError> Errors { get; private set; } = [];

    public bool Invalid => !Errors.IsEmpty;

    /// <summary>Rows of a list being edited; recreated when the value changes from outside.</summary>
    public ListDraft List => _list ??= new ListDraft(Kind, Value);

    public ObjectDraft Object => _object ??= new ObjectDraft(Value);

    private ListDraft? _list;
    private ObjectDraft? _object;

    /// <summary>Set by the control, so that a link in the summary can lead to it.</summary>
    public Func<ValueTask>? Focus { get; set; }

    /// <summary>Takes a value from a control that keeps its own draft.</summary>
    public void Set(ConfigValue? value)
    {
        _edited = true;
        _edit = value;
        Raw = null;
        Touch();
    }

    /// <summary>Takes a value from outside the control, whose own draft begins anew with it.</summary>
    public void Replace(ConfigValue value)
    {
        Load();
        Set(value);
    }

    /// <summary>Takes what was typed: a value when it is one, else kept as text with the reason.</summary>
    public void SetText(string text)
    {
        if (text.Trim().Length == 0 && Kind != ConfigKind.Text)
            Set(ConfigValue.None.Instance);
        else if (FieldText.TryParse(Kind, text, out var value, out var error))
            Set(value);
        else if (Field.IsSecret)
            SetInvalid("", $"this is not {FieldKinds.NameOf(Kind)}");
        else
            SetInvalid(text, error);
    }

    public void SetInvalid(string raw, string error)
    {
        _misfit = false;
        Raw = raw;
        RawError = error;
        Touch();
    }

    /// <summary>Writes a new secret; empty text means that nothing is replaced.</summary>
    public void ReplaceSecret(string text)
    {
        if (text.Length == 0)
            Undo();
        else if (Kind == ConfigKind.Bytes)
            Set(new ConfigValue.Bytes([.. System.Text.Encoding.UTF8.GetBytes(text)]));
        else
            SetText(text);
    }

    public void ClearSecret() => Set(ConfigValue.None.Instance);

    public void Undo()
    {
        Load();
        Touch();
    }

    /// <summary>Forgets the stored value, so that the default counts, also a later one.</summary>
    public void UseDefault()
    {
        Load();
        _edited = true;
        _edit = null;
        Raw = null;
        Touch();
    }

    /// <summary>The edit as it stands, to go back to.</summary>
    internal SlotEdit? Snapshot() => IsDirty ? new SlotEdit(Field.Name, _edited, _edit, Raw, RawError) : null;

    internal void Apply(SlotEdit edit)
    {
        Load();
        (_edited, _edit, Raw, RawError) = (edit.Edited, edit.Value, edit.Raw, edit.RawError);
        Buffer.Forget();
        Check();
    }

    internal void Load()
    {
        _edited = false;
        _edit = null;
        _misfit = false;
        Raw = null;
        RawError = "";
        Errors = [];
        _refused = [];
        _list = null;
        _object = null;
        if (Field.IsSecret || Effective is not { } value || FieldConversion.TryTo(Kind, value, out _))
            return;
        Raw = FieldText.Of(value);
        RawError = $"stored as {FieldKinds.NameOf(value.Kind)}, which does not fit";
        _misfit = true;
        Errors = [FieldError.Of(Buffer.Kind, Field, Field.Name, FieldErrorCodes.Kind, RawError)];
    }

    internal void Refuse(ImmutableArray<FieldError> errors)
    {
        _refused = errors;
        Check();
    }

    internal void Check()
    {
        Touched = true;
        if (Raw is not null)
            Errors = [FieldError.Of(Buffer.Kind, Field, Field.Name, FieldErrorCodes.Kind, RawError)];
        else if (!IsVisible)
            Errors = [];
        else
            Errors = [.. FormValidator.CheckField(Buffer.Form, Buffer.Kind, Field, Effective), .. _refused];
    }

    /// <summary>An emptied box says nothing, so the default counts again.</summary>
    private static ConfigValue? Given(ConfigValue? value) => value is ConfigValue.None ? null : value;

    private void Touch()
    {
        _refused = [];
        Buffer.Forget();
        Check();
        Buffer.Tell();
    }
}

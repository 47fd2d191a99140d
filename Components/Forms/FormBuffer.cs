using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>
/// The edit copy behind a form: values, unfinished text, changes, errors, visibility. It knows no job type and no page;
/// a page asks <see cref="ReviewAsync"/>, sends <see cref="Result"/> and hands the admin's refusal back to <see cref="Refuse"/>.
/// </summary>
public sealed class FormBuffer
{
    private readonly Dictionary<string, FieldSlot> _slots = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _arriving = [];
    private readonly Dictionary<string, ConfigValue?> _others = new(StringComparer.Ordinal);
    private FieldVisibility? _visibility;
    private ILookup<string, DescriptorFinding>? _findings;

    public FormBuffer(FormSchema form, FormKind kind, ConfigValues saved, FormPart part = FormPart.Config, bool readOnly = false, string idPrefix = "f-")
    {
        Form = form;
        Kind = kind;
        Part = part;
        Saved = saved;
        ReadOnly = readOnly;
        IdPrefix = idPrefix;
        Sections = form.Only(part).Sections;
        foreach (var section in Sections)
        {
            foreach (var field in section.Fields)
                _slots.TryAdd(field.Name, new FieldSlot(this, field, section));
        }
    }

    /// <summary>The whole form: sections of the other part may still decide what shows.</summary>
    public FormSchema Form { get; }

    public FormKind Kind { get; }

    public FormPart Part { get; }

    public ConfigValues Saved { get; private set; }

    public bool ReadOnly { get; }

    public string IdPrefix { get; }

    public ImmutableArray<SectionSchema> Sections { get; }

    /// <summary>What the form's author got wrong, by field: rules that are off, wishes that were not followed.</summary>
    internal ILookup<string, DescriptorFinding> Findings => _findings ??= DescriptorFindings.Of(Form, Kind).ToLookup(finding => finding.Field, StringComparer.Ordinal);

    /// <summary>Whether the summary of errors shows: from the first review on.</summary>
    public bool Reviewed { get; private set; }

    /// <summary>Something was typed, undone, checked or refused.</summary>
    public event Action? Changed;

    /// <summary>Tells what the admin makes of a value where that is another one.</summary>
    public Func<FieldSlot, string>? NoteOf { get; set; }

    /// <summary>Since when stored secrets are what they are, where that is known; by field.</summary>
    public IReadOnlyDictionary<string, SecretOrigin> SecretOrigins { get; set; } = ImmutableDictionary<string, SecretOrigin>.Empty;

    public IEnumerable<FieldSlot> Slots => _slots.Values;

    /// <summary>The first field of the section that has each name; a second one of the same name is not shown.</summary>
    public IEnumerable<FieldSlot> SlotsOf(SectionSchema section) =>
        section.Fields.Select(field => _slots[field.Name]).Where(slot => ReferenceEquals(slot.Section, section)).Distinct();

    public FieldSlot? Find(string name) => _slots.GetValueOrDefault(name);

    public FieldSlot this[string name] => _slots[name];

    public bool IsVisible(FieldSchema field) => (_visibility ??= FieldVisibility.Of(Form, Effective)).IsVisible(field);

    /// <summary>Everything as it would count now: defaults, under stored values, under changes.</summary>
    internal ConfigValues Effective => Form.Defaults.Overlay(Merged());

    /// <summary>Only what was changed, for a trial run with unsaved values.</summary>
    public ConfigValues Overlay => ConfigValues.From(_slots.Values
        .Where(slot => slot.IsDirty && slot.Raw is null && slot.Effective is not null and not ConfigValue.None)
        .Select(slot => KeyValuePair.Create(slot.Field.Name, slot.Effective!)));

    /// <summary>Stored values and defaults that no field shows. They are carried along untouched.</summary>
    public ConfigValues OtherValues
    {
        get
        {
            var names = Form.Fields.Select(known => known.Name).ToHashSet(StringComparer.Ordinal);
            return ConfigValues.From(Form.Defaults.Overlay(WithOthers(Saved)).Where(pair => !names.Contains(pair.Key)));
        }
    }

    /// <summary>Names without a field that are dropped or added by this edit.</summary>
    public IReadOnlyCollection<string> ChangedOthers => [.. _others.Where(other => !Equals(other.Value, Saved.Find(other.Key))).Select(other => other.Key)];

    /// <summary>Drops a value that no field shows (null), or adds one.</summary>
    public void SetOther(string name, ConfigValue? value)
    {
        _others[name] = value;
        Tell();
    }

    public void KeepOther(string name)
    {
        _others.Remove(name);
        Tell();
    }

    public int DirtyCount => _slots.Values.Count(slot => slot.IsDirty) + ChangedOthers.Count;

    public bool IsDirty => DirtyCount > 0;

    public ImmutableArray<FieldError> Errors => [.. _slots.Values.Where(slot => slot.IsVisible || slot.Raw is not null).SelectMany(slot => slot.Errors), .. Unplaced];

    /// <summary>Refusals of the admin that belong to no field shown here.</summary>
    public ImmutableArray<FieldError> Unplaced { get; private set; } = [];

    /// <summary>
    /// The values to store: stored ones with the changes, without hidden fields. Of a submit form only its own fields.
    /// Ask <see cref="ReviewAsync"/> first; unfinished text is not part of it.
    /// </summary>
    public ConfigValues Result()
    {
        var result = Merged();
        foreach (var slot in _slots.Values.Where(slot => !slot.IsVisible))
            result = result.Without(slot.Field.Name);
        return Part == FormPart.Submission ? ConfigValues.From(result.Where(pair => _slots.ContainsKey(pair.Key))) : result;
    }

    /// <summary>The result as it is sent to the admin: a secret that is cleared is there without a value, one that is kept is left alone.</summary>
    public ConfigValues Sent() => _slots.Values.Where(slot => slot.SecretCleared).Aggregate(Result(), (sent, slot) => sent.With(slot.Field.Name, ConfigValue.None.Instance));

    /// <summary>Waits for text still on its way from the browser, then checks everything. True when it may be saved.</summary>
    public async Task<bool> ReviewAsync()
    {
        await SettleAsync();
        Reviewed = true;
        _visibility = null;
        Unplaced = [];
        foreach (var slot in _slots.Values)
            slot.Refuse([]);
        Tell();
        return Errors.IsEmpty;
    }

    /// <summary>The admin's answer is final: its errors are shown at their fields, the rest on top. Those of other forms belong to them.</summary>
    public void Refuse(IEnumerable<FieldError> errors)
    {
        var all = errors.Where(error => error.Form.Length == 0 || error.Form == FieldError.NameOf(Kind)).ToList();
        Reviewed = true;
        foreach (var slot in _slots.Values)
            slot.Refuse([.. all.Where(error => error.Field == slot.Field.Name && !slot.Errors.Any(known => known.Path == error.Path && known.Code == error.Code))]);
        Unplaced = [.. all.Where(error => !_slots.ContainsKey(error.Field))];
        Tell();
    }

    /// <summary>Set by what draws the form: brings a field into sight that a search or a closed section hides.</summary>
    public Func<FieldSlot, Task>? BringIntoSight { get; set; }

    /// <summary>Leads a person to the first thing that is wrong, if its field is shown.</summary>
    public ValueTask FocusFirstErrorAsync() =>
        Errors.Select(error => Find(error.Field)).FirstOrDefault(slot => slot?.Focus is not null) is { } slot ? FocusAsync(slot) : ValueTask.CompletedTask;

    public async ValueTask FocusAsync(FieldSlot slot)
    {
        await (BringIntoSight?.Invoke(slot) ?? Task.CompletedTask);
        await (slot.Focus?.Invoke() ?? ValueTask.CompletedTask);
    }

    public void Discard()
    {
        Reviewed = false;
        Unplaced = [];
        _others.Clear();
        foreach (var slot in _slots.Values)
            slot.Load();
        Forget();
        Tell();
    }

    /// <summary>Everything that was changed, secrets and unfinished text included; stays on the server.</summary>
    public FormEdit Snapshot() => new([.. _slots.Values.Select(slot => slot.Snapshot()).OfType<SlotEdit>()], [.. _others]);

    /// <summary>Lays changes over what is stored; those of fields that are not there, or not for editing, are left out.</summary>
    public void Apply(FormEdit edit)
    {
        foreach (var change in edit.Slots)
        {
            if (Find(change.Field) is { ReadOnly: false } slot)
                slot.Apply(change);
        }
        foreach (var (name, value) in edit.Others)
            _others[name] = value;
        Tell();
    }

    /// <summary>Lays the changes over newer stored values, after a save here or elsewhere.</summary>
    public void Rebase(ConfigValues saved, bool keepChanges)
    {
        var edit = keepChanges ? Snapshot() : FormEdit.None;
        Saved = saved;
        Discard();
        Apply(edit);
    }

    /// <summary>Changes worth keeping when the circuit is lost; never a secret.</summary>
    public ConfigValues Draft() => ConfigValues.From(Overlay.Where(pair => !_slots[pair.Key].Field.IsSecret));

    /// <summary>Fields whose stored value was taken away and that have no default; never a secret.</summary>
    public IEnumerable<string> Emptied =>
        _slots.Values.Where(slot => slot is { IsDirty: true, Raw: null, Effective: null or ConfigValue.None, Field.IsSecret: false }).Select(slot => slot.Field.Name);

    /// <summary>Values without a field that this edit adds, or drops (null); never one that was a secret.</summary>
    public IEnumerable<KeyValuePair<string, ConfigValue?>> OtherChanges =>
        ChangedOthers.Select(name => KeyValuePair.Create(name, _others[name])).Where(other => other.Value is null || !Form.IsOnceSecret(other.Key));

    /// <summary>Unfinished text worth keeping, by field; never a secret.</summary>
    public IEnumerable<(string Field, string Text)> UnfinishedText() =>
        _slots.Values.Where(slot => slot is { IsDirty: true, Raw: not null, Field.IsSecret: false }).Select(slot => (slot.Field.Name, slot.Raw!));

    public void Restore(ConfigValues draft)
    {
        foreach (var (name, value) in draft)
        {
            if (Find(name) is { Field.IsSecret: false, ReadOnly: false } slot)
            {
                slot.Load();
                slot.Set(value);
            }
        }
    }

    /// <summary>An element id for a name from outside; names that no id may hold are told apart by a number.</summary>
    internal string IdOf(string name)
    {
        var safe = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));
        var prefix = $"{IdPrefix}{FieldError.NameOf(Kind)}-";
        return safe == name ? prefix + name : $"{prefix}{safe}.{_slots.Count}";
    }

    /// <summary>Large text arrives in a stream of its own; saving waits for it.</summary>
    public async Task ArriveAsync(Task arrival)
    {
        _arriving.Add(arrival);
        try
        {
            await arrival;
        }
        finally
        {
            _arriving.Remove(arrival);
        }
    }

    public Task SettleAsync() => Task.WhenAll(_arriving.ToArray());

    internal void Forget() => _visibility = null;

    internal void Tell() => Changed?.Invoke();

    private ConfigValues WithOthers(ConfigValues values)
    {
        foreach (var (name, value) in _others)
            values = value is null ? values.Without(name) : values.With(name, value);
        return values;
    }

    private ConfigValues Merged()
    {
        var merged = WithOthers(Saved);
        foreach (var slot in _slots.Values.Where(slot => slot.IsEdited))
        {
            // Emptied is a value of its own ("no text", "no secret"); null means that the default counts again.
            merged = slot.Edit switch
            {
                null or ConfigValue.None => merged.Without(slot.Field.Name),
                var edit => merged.With(slot.Field.Name, edit),
            };
        }
        return merged;
    }
}

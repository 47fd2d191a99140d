using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>
/// The edit copy of one job type's config: its three forms over the version it was read from. Life: begun on a version → changed →
/// rebased on newer versions, any number of times → saved, which begins the next one. Circuit's thread only.
/// </summary>
public sealed class ConfigEdit
{
    private readonly bool _detects;
    private readonly bool _edits;

    /// <param name="edits">Whether whoever sees it may change it.</param>
    public ConfigEdit(Descriptor descriptor, ConfigDocument? read, bool detects, bool edits)
    {
        (_detects, _edits) = (detects, edits);
        Descriptor = descriptor;
        Read = read;
        Admin = new FormBuffer(FormDefaults.AdminForm(descriptor), FormKind.Admin, read?.AdminValues ?? ConfigValues.Empty, readOnly: !edits, idPrefix: "a-");
        Worker = new FormBuffer(FormDefaults.WorkerForm(descriptor), FormKind.Worker, read?.WorkerValues ?? ConfigValues.Empty, readOnly: !edits, idPrefix: "w-");
        Runtime = new FormBuffer(RuntimeForm.Of(descriptor, detects), FormKind.Runtime, RuntimeForm.Values(read?.Runtime), readOnly: !edits, idPrefix: "r-") { NoteOf = ClampOf };
    }

    public Descriptor Descriptor { get; }

    /// <summary>The version this edit stands on; null = none was saved yet.</summary>
    public ConfigDocument? Read { get; private set; }

    public long Version => Read?.Version ?? 0;

    public FormBuffer Admin { get; }

    public FormBuffer Worker { get; }

    public FormBuffer Runtime { get; }

    /// <summary>Some secret is stored, so that it is worth finding out since when.</summary>
    public bool HasSecrets => Forms.Any(form => form.Slots.Any(slot => slot.SecretStored));

    public IEnumerable<FormBuffer> Forms => [Admin, Worker, Runtime];

    public int DirtyCount => Forms.Sum(form => form.DirtyCount);

    public RuntimeSettings Settings => RuntimeForm.Settings(Runtime.Result(), Descriptor);

    /// <summary>The edit as a config; not a version yet.</summary>
    public ConfigDocument Result => new()
    {
        JobType = Descriptor.JobType,
        Version = Version,
        DescriptorVersion = Descriptor.Version,
        AdminValues = Admin.Result(),
        WorkerValues = Worker.Result(),
        Runtime = Settings,
        SavedAt = default,
        SavedBy = "",
    };

    /// <summary>What saving would change.</summary>
    public ImmutableArray<ConfigChange> Changes => ConfigDiff.Between(Descriptor, Read, Result);

    /// <summary>Checks every form; true when it may be saved.</summary>
    public async Task<bool> ReviewAsync()
    {
        var valid = true;
        foreach (var form in Forms)
        {
            valid &= await form.ReviewAsync();
        }

        return valid;
    }

    public void Refuse(ImmutableArray<FieldError> errors)
    {
        foreach (var form in Forms)
        {
            form.Refuse(errors);
        }
    }

    public FormBuffer? FirstInvalid => Forms.FirstOrDefault(form => !form.Errors.IsEmpty);

    public SaveConfig Save(Actor by, string reason) => new(by, Descriptor.JobType, Version, Admin.Sent(), Worker.Sent(), Settings, reason);

    public ImmutableArray<FormEdit> Snapshot() => [.. Forms.Select(form => form.Snapshot())];

    public void Apply(ImmutableArray<FormEdit> edits)
    {
        foreach (var (form, edit) in Forms.Zip(edits))
        {
            form.Apply(edit);
        }
    }

    /// <param name="versions">Newest first, from the one this edit stands on.</param>
    public void DateSecrets(ImmutableArray<ConfigDocument> versions)
    {
        Admin.SecretOrigins = SecretOrigins.Of(Admin.Form, FormKind.Admin, versions);
        Worker.SecretOrigins = SecretOrigins.Of(Worker.Form, FormKind.Worker, versions);
    }

    public void Discard()
    {
        foreach (var form in Forms)
        {
            form.Discard();
        }
    }

    /// <summary>Fields that both this edit and a newer version changed, to different values.</summary>
    public ImmutableArray<ConfigConflict> ConflictsWith(ConfigDocument? theirs) => ConfigConflict.Between(Descriptor, Read, theirs, Result);

    /// <summary>Stands on a newer version from now on: its changes are taken over, and so are mine but those given up.</summary>
    public void Rebase(ConfigDocument? theirs, IEnumerable<(string Form, string Name)> givenUp)
    {
        Read = theirs;
        Admin.Rebase(theirs?.AdminValues ?? ConfigValues.Empty, keepChanges: true);
        Worker.Rebase(theirs?.WorkerValues ?? ConfigValues.Empty, keepChanges: true);
        Runtime.Rebase(RuntimeForm.Values(theirs?.Runtime), keepChanges: true);
        foreach (var (name, field) in givenUp)
        {
            var form = Forms.First(form => FieldError.NameOf(form.Kind) == name);
            form.Find(field)?.Undo();
            form.KeepOther(field);
        }
    }

    /// <summary>The values of another version become changes of this edit; secrets and what the worker sets stay as they are.</summary>
    public void Take(ConfigDocument version)
    {
        Take(Admin, version.AdminValues);
        Take(Worker, version.WorkerValues);
        Take(Runtime, RuntimeForm.Values(version.Runtime));
    }

    /// <summary>Imported values become changes; those of fields that are not there are taken as other values.</summary>
    public void Take(IEnumerable<ImportedValue> values)
    {
        foreach (var value in values)
        {
            var form = Forms.First(form => FieldError.NameOf(form.Kind) == value.Form);
            if (form.Find(value.Name) is not { } slot)
            {
                form.SetOther(value.Name, value.Value);
            }
            else
            {
                Take(slot, value.Value);
            }
        }
    }

    /// <summary>The same changes over another descriptor; what it has no field for is left out.</summary>
    public ConfigEdit Over(Descriptor descriptor, bool detects)
    {
        var edit = new ConfigEdit(descriptor, Read, detects, _edits);
        edit.Apply(Snapshot());
        return edit;
    }

    public bool IsOf(Descriptor descriptor, bool detects) => ReferenceEquals(Descriptor, descriptor) && _detects == detects;

    private static void Take(FormBuffer form, ConfigValues values)
    {
        foreach (var slot in form.Slots.Where(slot => !slot.Field.IsSecret))
        {
            Take(slot, values.Find(slot.Field.Name));
        }

        var others = form.Saved.Keys.Union(values.Keys).Where(name => form.Form.Fields.All(field => field.Name != name) && !form.Form.IsOnceSecret(name));
        foreach (var name in others.Where(name => !Equals(form.Saved.Find(name), values.Find(name))))
        {
            form.SetOther(name, values.Find(name));
        }
    }

    /// <summary>A value that counts already is no change; one that the field cannot hold stands there as text until it is mended.</summary>
    private static void Take(FieldSlot slot, ConfigValue? value)
    {
        if (slot.ReadOnly || Equals(slot.Value, value ?? slot.Default))
        {
            return;
        }

        if (value is null or ConfigValue.None)
        {
            slot.UseDefault();
        }
        else if (FieldConversion.TryTo(slot.Kind, value, out var converted))
        {
            slot.Replace(converted);
        }
        else if (!slot.Field.IsSecret)
        {
            slot.SetText(FieldText.Of(value));
        }
    }

    private string ClampOf(FieldSlot slot) =>
        RuntimePolicy.Resolve(Settings, Descriptor.RuntimeDefaults).ClampsOf(_detects).FirstOrDefault(clamp => clamp.Setting == slot.Field.Name) is { } clamp ? ConfigEffects.Words(clamp) : "";
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

public enum SchemaChangeKind
{
    /// <summary>A value that was fine is refused by the new form; it stays until a person changes it.</summary>
    NotAllowed,
    TypeChanged,
    OptionsGone,
    Removed,
    Added,
    DefaultChanged,
}

/// <summary>One difference between the form a config was saved under and the form of today, told to a person.</summary>
/// <param name="Form">As in <see cref="FieldError.Form"/>.</param>
public sealed record SchemaChange(SchemaChangeKind Kind, string Form, string Field, string Label, string Text);

/// <summary>How a job type's forms changed since its config was saved. Pure; what asks for a decision comes first.</summary>
public static class SchemaChanges
{
    public static ImmutableArray<SchemaChange> Between(Descriptor? known, Descriptor? now, ConfigDocument? config) =>
        known is null || now is null || ReferenceEquals(known, now)
            ? []
            :
            [
                .. Between(FormDefaults.AdminForm(known), FormDefaults.AdminForm(now), FormKind.Admin, config?.AdminValues ?? ConfigValues.Empty)
                    .Concat(Between(FormDefaults.WorkerForm(known), FormDefaults.WorkerForm(now), FormKind.Worker, config?.WorkerValues ?? ConfigValues.Empty))
                    .OrderBy(change => change.Kind),
            ];

    private static IEnumerable<SchemaChange> Between(FormSchema known, FormSchema now, FormKind kind, ConfigValues stored)
    {
        var (before, after) = (Fields(known), Fields(now));
        foreach (var field in after.Values)
        {
            // What only the worker sets is always as it says; that it says something else is nothing to decide.
            var saved = !field.ReadOnly && stored.Find(field.Name) is { } found and not ConfigValue.None ? found : null;
            SchemaChange Say(SchemaChangeKind what, string text) => new(what, FieldError.NameOf(kind), field.Name, field.Caption, text);
            if (!before.TryGetValue(field.Name, out var old))
            {
                yield return Say(SchemaChangeKind.Added, saved is null ? $"new field; its default counts: {Text(field, now.Defaults.Find(field.Name))}" : $"new field; a stored value counts: {Text(field, saved)}");
                continue;
            }

            var (was, becomes) = (known.KindOf(old), now.KindOf(field));
            if (was != becomes)
            {
                var fits = saved is null || FieldConversion.TryTo(becomes, saved, out _);
                yield return Say(SchemaChangeKind.TypeChanged, $"was {FieldKinds.NameOf(was)}, is {FieldKinds.NameOf(becomes)} now"
                    + (saved is null ? "" : fits ? $"; the stored {Text(field, saved)} is read as that" : $"; the stored {Text(field, saved)} does not fit, choose a new one"));
                continue;
            }

            var gone = old.Options.Select(option => option.Value).Except(field.Options.Select(option => option.Value), StringComparer.Ordinal).ToList();
            if (gone.Count > 0 && field.Options.Length > 0)
            {
                yield return Say(SchemaChangeKind.OptionsGone, $"no longer offered: {string.Join(", ", gone)}");
            }

            if (!Equals(known.Defaults.Find(field.Name), now.Defaults.Find(field.Name)) && !field.IsSecret && !field.ReadOnly)
            {
                yield return Say(SchemaChangeKind.DefaultChanged, $"default {Text(field, known.Defaults.Find(field.Name))} → {Text(field, now.Defaults.Find(field.Name))}"
                    + (saved is null ? ", which counts now" : $"; the stored {Text(field, saved)} stays"));
            }

            var value = saved ?? now.Defaults.Find(field.Name);
            if (FormValidator.CheckField(now, kind, field, value) is { IsEmpty: false } errors && FormValidator.CheckField(known, kind, old, value).IsEmpty)
            {
                yield return Say(SchemaChangeKind.NotAllowed, $"the value is no longer allowed: {errors[0].Message}");
            }
        }

        foreach (var old in before.Values.Where(field => !after.ContainsKey(field.Name)))
        {
            var text = stored.Find(old.Name) is { } kept and not ConfigValue.None
                ? $"no longer in the form; the stored {Text(old, kept)} is kept until you discard it"
                : "no longer in the form; nothing was stored";
            yield return new SchemaChange(SchemaChangeKind.Removed, FieldError.NameOf(kind), old.Name, old.Caption, text);
        }
    }

    private static string Text(FieldSchema field, ConfigValue? value) => field.IsSecret ? ConfigValueText.Secret(value) : ConfigDiff.Text(value);

    private static Dictionary<string, FieldSchema> Fields(FormSchema form)
    {
        var fields = new Dictionary<string, FieldSchema>(StringComparer.Ordinal);
        foreach (var field in form.Only(FormPart.Config).Fields)
        {
            fields.TryAdd(field.Name, field);
        }

        return fields;
    }
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>The changes of one described form, without secrets.</summary>
/// <param name="Values">Changed values, as JSON.</param>
/// <param name="Texts">Text that is no value yet, by field.</param>
/// <param name="Emptied">Fields that have no value any more.</param>
/// <param name="Added">Values without a field that are new or other ones, as JSON.</param>
/// <param name="Dropped">Names without a field whose values are given up.</param>
public sealed record FieldsDraft(string Values, Dictionary<string, string> Texts, ImmutableArray<string> Emptied = default, string Added = "{}", ImmutableArray<string> Dropped = default)
{
    public static FieldsDraft Of(FormBuffer form)
    {
        var others = form.OtherChanges.ToList();
        return new(
            ConfigValueJson.Write(form.Draft()),
            form.UnfinishedText().ToDictionary(text => text.Field, text => text.Text),
            [.. form.Emptied],
            ConfigValueJson.Write(ConfigValues.From(others.Where(other => other.Value is not null)!)),
            [.. others.Where(other => other.Value is null).Select(other => other.Key)]);
    }

    public void ApplyTo(FormBuffer form)
    {
        form.Restore(ConfigValueJson.Parse(Values));
        foreach (var field in OrNone(Emptied))
        {
            if (form.Find(field) is { ReadOnly: false, Field.IsSecret: false } slot)
            {
                slot.Set(ConfigValue.None.Instance);
            }
        }

        foreach (var (field, text) in Texts)
        {
            if (form.Find(field) is { ReadOnly: false, Field.IsSecret: false } slot)
            {
                slot.SetText(text);
            }
        }

        foreach (var (name, value) in ConfigValueJson.Parse(Added))
        {
            form.SetOther(name, value);
        }

        foreach (var name in OrNone(Dropped))
        {
            form.SetOther(name, null);
        }
    }

    private static ImmutableArray<string> OrNone(ImmutableArray<string> names) => names.IsDefault ? [] : names;
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>One value that two configs do not share.</summary>
/// <param name="Form">As in <see cref="FieldError.Form"/>.</param>
/// <param name="Before">What counted, default included; null = nothing did.</param>
/// <param name="After">What counts then.</param>
/// <param name="Note">Why, where the values do not say it themselves; empty = they do.</param>
public sealed record ConfigChange(string Form, string Name, string Label, string Section, ConfigValue? Before, ConfigValue? After, ConfigValue? Default, bool IsSecret, string Note)
{
    /// <summary>How two lists or two objects differ; empty for anything else and for secrets.</summary>
    public ImmutableArray<ChangePart> Parts => IsSecret ? [] : ValueDiff.Parts(Before, After);

    public string BeforeText => IsSecret ? ConfigValueText.Secret(Before) : ConfigDiff.Text(Before);

    public string AfterText => !IsSecret ? ConfigDiff.Text(After)
        : FieldKinds.IsEmpty(After) ? "cleared"
        : FieldKinds.IsEmpty(Before) ? "set" : "replaced";

    public string DefaultText => IsSecret ? "" : ConfigDiff.Text(Default);
}

/// <summary>What differs between two configs of a job type, in the order of its forms. Secrets are compared, never told.</summary>
public static class ConfigDiff
{
    private const int TextLength = 200;

    /// <summary>Both as saved; what neither says is the default of the descriptor and no difference.</summary>
    public static ImmutableArray<ConfigChange> Between(Descriptor? descriptor, ConfigDocument? before, ConfigDocument? after)
    {
        var known = descriptor ?? new Descriptor { JobType = "" };
        return
        [
            .. Between(FormDefaults.AdminForm(known), FormKind.Admin, before?.AdminValues ?? ConfigValues.Empty, after?.AdminValues ?? ConfigValues.Empty),
            .. Between(FormDefaults.WorkerForm(known), FormKind.Worker, before?.WorkerValues ?? ConfigValues.Empty, after?.WorkerValues ?? ConfigValues.Empty),
            .. Between(RuntimeForm.Of(descriptor), FormKind.Runtime, RuntimeForm.Values(before?.Runtime), RuntimeForm.Values(after?.Runtime)),
        ];
    }

    /// <summary>Values of one form; those of the submit form are what submissions have that say nothing.</summary>
    public static ImmutableArray<ConfigChange> Between(FormSchema form, FormKind kind, ConfigValues before, ConfigValues after)
    {
        var was = form.Defaults.Overlay(Said(before));
        var becomes = form.Defaults.Overlay(Said(after));
        var visibility = FieldVisibility.Of(form, becomes);
        var changes = ImmutableArray.CreateBuilder<ConfigChange>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in form.Sections)
        {
            foreach (var field in section.Fields)
            {
                if (!seen.Add(field.Name) || field.ReadOnly)
                {
                    continue;
                }

                var (old, now) = (was.Find(field.Name), becomes.Find(field.Name));
                if (!Same(form.KindOf(field), old, now))
                {
                    var hidden = !visibility.IsVisible(field);
                    changes.Add(new ConfigChange(
                        FieldError.NameOf(kind), field.Name, field.Caption, section.Title, old, now, form.Defaults.Find(field.Name), field.IsSecret, hidden ? "removed: hidden" : ""));
                }
            }
        }

        foreach (var name in was.Keys.Union(becomes.Keys).Order(StringComparer.Ordinal).Where(name => !seen.Contains(name) && !Equals(was.Find(name), becomes.Find(name))))
        {
            changes.Add(new ConfigChange(FieldError.NameOf(kind), name, name, "", was.Find(name), becomes.Find(name), form.Defaults.Find(name), form.IsOnceSecret(name), "not in the form"));
        }

        return changes.ToImmutable();
    }

    /// <summary>A value as a person reads it in a table.</summary>
    internal static string Text(ConfigValue? value) => value switch
    {
        ConfigValue.Bool flag => flag.Value ? "On" : "Off",
        _ => ConfigValueText.Short(value, TextLength),
    };

    /// <summary>A value stored in another kind that the field reads as the same one is no change.</summary>
    private static bool Same(ConfigKind kind, ConfigValue? old, ConfigValue? now) =>
        Equals(old, now) || (old is not null && now is not null && FieldConversion.TryTo(kind, old, out var left) && FieldConversion.TryTo(kind, now, out var right) && Equals(left, right));

    private static ConfigValues Said(ConfigValues values) => ConfigValues.From(values.Where(pair => pair.Value is not ConfigValue.None));
}

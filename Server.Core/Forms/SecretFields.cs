namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// What was a secret once stays one until a person agrees that it is none: a worker that describes its form anew, or leaves the field
/// out and brings it back, does not make a stored secret show.
/// </summary>
public static class SecretFields
{
    private static readonly ConfigValue Stars = new ConfigValue.Text("***");

    /// <summary>The newer descriptor with the secrets of the older one.</summary>
    public static Descriptor Keep(Descriptor? before, Descriptor now) => before is null
        ? now
        : now with { AdminForm = Keep(before.AdminForm, now.AdminForm), WorkerForm = Keep(before.WorkerForm, now.WorkerForm) };

    /// <summary>The descriptor with that field's value shown; null when the field is not kept secret against its worker's word.</summary>
    public static Descriptor? Reveal(Descriptor descriptor, FormKind form, string field) => form switch
    {
        FormKind.Admin when descriptor.AdminForm?.IsOnceSecret(field) == true => descriptor with { AdminForm = Reveal(descriptor.AdminForm, field) },
        FormKind.Worker when descriptor.WorkerForm?.IsOnceSecret(field) == true => descriptor with { WorkerForm = Reveal(descriptor.WorkerForm, field) },
        _ => null,
    };

    /// <summary>The values that may be shown.</summary>
    public static ConfigValues Without(FormSchema? form, ConfigValues values) => Names(form).Aggregate(values, (left, name) => left.Without(name));

    /// <summary>All values, secrets as stars: that there is one may be seen.</summary>
    public static ConfigValues Masked(FormSchema? form, ConfigValues values) =>
        values.Overlay(ConfigValues.From(Names(form).Where(values.ContainsKey).Select(name => KeyValuePair.Create(name, Stars))));

    /// <summary>What stands in place of a secret, sent back as it was shown.</summary>
    public static bool IsMask(ConfigValue value) => value.Equals(Stars);

    /// <summary>Everything whose value is never shown.</summary>
    public static IEnumerable<string> Names(FormSchema? form) =>
        form is null ? [] : form.Fields.Where(field => field.IsSecret).Select(field => field.Name).Concat(form.OnceSecret).Distinct(StringComparer.Ordinal);

    private static FormSchema? Keep(FormSchema? before, FormSchema? now)
    {
        var secrets = Names(before).ToHashSet(StringComparer.Ordinal);
        if (secrets.Count == 0)
            return now;
        var form = now ?? FormSchema.Empty;
        secrets.ExceptWith(form.Fields.Where(field => field.IsSecret).Select(field => field.Name));
        if (secrets.Count == 0)
            return now;
        return Each(form, field => secrets.Contains(field.Name) ? field with { Sensitive = true, KeptSecret = true } : field) with { OnceSecret = [.. secrets] };
    }

    private static FormSchema Reveal(FormSchema form, string name) =>
        Each(form, field => field.Name == name && field.KeptSecret ? field with { Sensitive = false, KeptSecret = false } : field) with { OnceSecret = form.OnceSecret.Remove(name) };

    private static FormSchema Each(FormSchema form, Func<FieldSchema, FieldSchema> change) =>
        form with { Sections = [.. form.Sections.Select(section => section with { Fields = [.. section.Fields.Select(change)] })] };
}

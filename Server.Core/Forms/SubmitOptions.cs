namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// What can be chosen when a job is submitted, where workers of one type offer different things, such as interpreters: what any of them
/// offers. The job goes to one that has it; those that lack it refuse it.
/// </summary>
public static class SubmitOptions
{
    /// <summary>The newer descriptor, with what the older one, which another worker gave, offers beyond it. In the older one's order, so that they do not change places each time a worker comes back.</summary>
    public static Descriptor Join(Descriptor before, Descriptor now)
    {
        if (now.WorkerForm is not { } form || before.WorkerForm is not { } known)
        {
            return now;
        }

        var offered = known.Only(FormPart.Submission).Fields.Where(field => !field.Options.IsEmpty).ToLookup(field => field.Name, StringComparer.Ordinal);
        return now with
        {
            WorkerForm = form with
            {
                Sections = [.. form.Sections.Select(section => section.IsSubmitForm ? section with { Fields = [.. section.Fields.Select(field => Join(offered[field.Name].FirstOrDefault(), field))] } : section)],
            },
        };
    }

    private static FieldSchema Join(FieldSchema? before, FieldSchema now)
    {
        if (before is null || now.Options.IsEmpty || before.Type != now.Type)
        {
            return now;
        }

        var options = now.Options.DistinctBy(option => option.Value).ToDictionary(option => option.Value, StringComparer.Ordinal);
        var first = before.Options.Where(option => !option.Disabled || options.ContainsKey(option.Value)).Select(option => option.Disabled ? options[option.Value] : option);
        return now with { Options = [.. first.Concat(now.Options).DistinctBy(option => option.Value).Take(FormLimits.Options)] };
    }
}

using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Job types and their forms.</summary>
internal static class DescribeTypeCommand
{
    private const int DescriptionLength = 70;

    public static Command Build(Tool tool)
    {
        var type = new Argument<string?>("type") { HelpName = "TYPE", Arity = ArgumentArity.ZeroOrOne };
        type.CompletionSources.Add(_ => tool.Suggestions.JobTypes);
        var refresh = new Option<bool>("--refresh") { Description = "Asks a worker for it anew" };
        var verb = tool.Verb("describe-type", "The job types, or the forms of one.", async call =>
        {
            if (call.Value(type) is not { } jobType)
                return await ListAsync(call);
            var answer = await call.Admin.AskAsync(Calls.Describe, new DescribeRequest { JobType = jobType, ForceRefresh = call.Value(refresh) }, call.Leave);
            if (call.IsJson)
                call.Say(FormSchemas.Write(answer));
            else
                Show(call, answer.Descriptor_);
            return ExitCodes.Done;
        }, "pluginctl describe-type", "pluginctl describe-type command", "pluginctl describe-type command --json | jq .submit.properties.args");
        verb.Aliases.Add("job-types");
        verb.Arguments.Add(type);
        verb.Options.Add(refresh);
        return verb;
    }

    private static async Task<int> ListAsync(Invocation call)
    {
        var answer = await call.Admin.AskAsync(Calls.ListJobTypes, new ListJobTypesRequest(), call.Leave);
        var table = new Table("type", "name", "workers", "pending", "active", "does", "description");
        foreach (var type in answer.JobTypes)
        {
            if (call.IsJson)
                call.Json(type);
            else
                table.Add(type.JobType_, type.DisplayName, $"{type.Workers}", $"{type.Pending}", $"{type.Active}", string.Join(' ', Does(type)), Visible.Short(type.Description, DescriptionLength));
        }

        if (!call.IsJson)
            call.Show(table);
        return ExitCodes.Done;
    }

    private static IEnumerable<string> Does(JobType type)
    {
        if (type.CanDetect)
            yield return "detect";
        if (type.CanExecute)
            yield return "execute";
        if (type.Paused)
            yield return "(paused)";
    }

    private static void Show(Invocation call, JobTypeDescriptor descriptor)
    {
        call.Say(Visible.Line($"{descriptor.DisplayName} ({descriptor.JobType}), version {descriptor.DescriptorVersion}: {descriptor.Description}"));
        Show(call, "To submit a job", descriptor.WorkerConfigForm, FormSchemas.IsOfJob);
        Show(call, "Configuration, for workers", descriptor.WorkerConfigForm, section => !FormSchemas.IsOfJob(section));
        Show(call, "Configuration, for the admin", descriptor.AdminConfigForm, _ => true);
    }

    private static void Show(Invocation call, string title, ConfigForm? form, Func<ConfigSection, bool> isWanted)
    {
        var table = new Table("field", "kind", "default", "what it is");
        var count = 0;
        foreach (var field in form?.Sections.Where(isWanted).SelectMany(section => section.Fields) ?? [])
        {
            var standard = form!.DefaultValues.TryGetValue(field.Name, out var value) ? ValueText.Write(value) : "";
            table.Add(field.Name, Kind(field), field.Required && standard.Length == 0 ? "(required)" : Visible.Short(standard, DescriptionLength / 2), Visible.Short(field.Description.Length > 0 ? field.Description : field.HelpText.Length > 0 ? field.HelpText : field.Label, DescriptionLength));
            count++;
        }

        if (count == 0)
            return;
        call.Say("");
        call.Say(title);
        call.Show(table);
    }

    private static string Kind(ConfigField field) => field.FieldType switch
    {
        ConfigFieldType.Enum => string.Join('|', field.Options.Select(option => option.Value)),
        var type => type.ToString().ToLowerInvariant(),
    };
}

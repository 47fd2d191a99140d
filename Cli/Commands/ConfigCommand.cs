using System.CommandLine;
using System.Text;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>The configuration of a job type.</summary>
internal static class ConfigCommand
{
    private const string RuntimeForm = "runtime";

    public static Command Build(Tool tool)
    {
        var type = new Argument<string>("type") { HelpName = "TYPE" };
        type.CompletionSources.Add(_ => tool.Suggestions.JobTypes);
        return new Command("config", "The configuration of a job type.") { Get(tool, type), Set(tool, type), Diff(tool, type) };
    }

    private static Command Get(Tool tool, Argument<string> type)
    {
        var verb = tool.Verb("get", "The saved values; secrets as ***.", async call =>
        {
            var saved = await ConfigAsync(call, call.Value(type)!);
            if (call.IsJson)
            {
                call.Json(saved);
                return ExitCodes.Done;
            }

            call.Note(saved.Version == 0 ? "nothing was saved; the defaults hold" : $"version {saved.Version}");
            var table = new Table("form", "field", "value");
            foreach (var (form, field, value) in Values(saved))
                table.Add(form, field, ValueText.Write(value));
            call.Show(table);
            return ExitCodes.Done;
        }, "pluginctl config get file_retention", "pluginctl config get file_retention --json | jq .version");
        verb.Arguments.Add(type);
        return verb;
    }

    private static Command Set(Tool tool, Argument<string> type)
    {
        var pairs = new Argument<string[]>("values") { HelpName = "NAME=VALUE", Arity = ArgumentArity.ZeroOrMore };
        var file = new Option<string?>("--file") { Description = "A JSON object with values; - is stdin", HelpName = "PATH" };
        var expect = new Option<long?>("--expect") { Description = "Refused when another version was saved meanwhile", HelpName = "VERSION" };
        var verb = tool.Verb("set", "Saves values; what is left out keeps its own. Prints what changed.", async call =>
        {
            var values = new JobParameters();
            if (call.Value(file) is { } path)
                values.Json(await TextAsync(call, path));
            foreach (var pair in call.Value(pairs) ?? [])
                values.Pair(pair);
            if (values.Write() is not { Length: > 0 } json)
                throw ToolException.Usage("what is to be set? Write NAME=VALUE, or --file PATH");
            var request = new SetConfigRequest { JobType = call.Value(type), ValuesJson = json };
            if (call.Value(expect) is { } version)
                request.ExpectedVersion = version;
            var answer = await call.Admin.AskAsync(Calls.SetConfig, request, call.Leave);
            if (call.IsJson)
            {
                call.Json(answer);
                return ExitCodes.Done;
            }

            foreach (var change in answer.Changes)
                call.Say(Visible.Line($"{change.Form}.{change.Field}: {change.Before} → {change.After}"));
            call.Note(answer.Changes.Count == 0 ? "nothing changed" : $"version {answer.Version}");
            return ExitCodes.Done;
        }, "pluginctl config set file_retention older_than_days=60 dry_run=false", "pluginctl config set command --file command.json --expect 7");
        verb.Arguments.Add(type);
        verb.Arguments.Add(pairs);
        verb.Options.Add(file);
        verb.Options.Add(expect);
        return verb;
    }

    private static Command Diff(Tool tool, Argument<string> type)
    {
        var verb = tool.Verb("diff", "Where the saved values differ from the defaults.", async call =>
        {
            var saved = await ConfigAsync(call, call.Value(type)!);
            var forms = (await call.Admin.AskAsync(Calls.Describe, new DescribeRequest { JobType = call.Value(type) }, call.Leave)).Descriptor_;
            var table = new Table("form", "field", "default", "saved");
            foreach (var (form, field, value) in Values(saved))
            {
                var defaults = form switch
                {
                    "admin" => forms.AdminConfigForm?.DefaultValues,
                    "worker" => forms.WorkerConfigForm?.DefaultValues,
                    _ => null,
                };
                var standard = form == RuntimeForm ? Setting(forms.AdminRuntimeDefaults ?? new AdminRuntimeDefaults(), field)
                    : defaults?.TryGetValue(field, out var found) == true ? found
                    : null;
                if (value.Equals(standard))
                    continue;
                if (call.IsJson)
                    call.Json(new ConfigChange { Form = form, Field = field, Before = ValueText.Write(standard), After = ValueText.Write(value) });
                else
                    table.Add(form, field, ValueText.Write(standard), ValueText.Write(value));
            }

            if (!call.IsJson)
                call.Show(table);
            return ExitCodes.Done;
        }, "pluginctl config diff file_retention");
        verb.Arguments.Add(type);
        return verb;
    }

    private static Task<GetConfigResponse> ConfigAsync(Invocation call, string type) => call.Admin.AskAsync(Calls.GetConfig, new GetConfigRequest { JobType = type }, call.Leave);

    private static IEnumerable<(string Form, string Field, ConfigValue Value)> Values(GetConfigResponse saved) =>
        (saved.Config?.AdminConfigValues ?? []).OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => ("admin", value.Key, value.Value))
            .Concat((saved.Config?.WorkerConfigValues ?? []).OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => ("worker", value.Key, value.Value)))
            .Concat(saved.Config?.AdminRuntime is { } runtime ? AdminRuntimeConfig.Descriptor.Fields.InFieldNumberOrder().Select(field => (RuntimeForm, field.Name, Setting(runtime, field.Name))) : []);

    /// <summary>A setting of the admin's own, as the value that <c>set</c> takes.</summary>
    private static ConfigValue Setting(IMessage settings, string field) => settings.Descriptor.FindFieldByName(field)?.Accessor.GetValue(settings) switch
    {
        bool flag => new ConfigValue { BoolValue = flag },
        int number => new ConfigValue { Int64Value = number },
        _ => new ConfigValue(),
    };

    private static async Task<string> TextAsync(Invocation call, string path)
    {
        try
        {
            using var reader = path == "-" ? new StreamReader(call.Terminal.Input, Encoding.UTF8, leaveOpen: true) : new StreamReader(path);
            return await reader.ReadToEndAsync(call.Leave);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ToolException.Usage($"--file: {exception.Message}");
        }
    }
}

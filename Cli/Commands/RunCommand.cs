using System.CommandLine;
using System.CommandLine.Parsing;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Submits a job or a group of them, and by default is that job: its output, its exit code.</summary>
internal sealed class RunCommand
{
    private const string CommandType = "command";

    private readonly Argument<string[]> _words = new("command") { Description = "One line in quotes, or -- and the words", HelpName = "COMMAND LINE", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _type = new("--type") { Description = "Job type, when it is not a command", HelpName = "TYPE" };
    private readonly Option<bool> _detach = new("--detach", "-d") { Description = "Prints the id and does not wait" };
    private readonly Option<bool> _wait = new("--wait") { Description = "Waits without showing the output" };
    private readonly Option<string?> _waitTimeout = new("--wait-timeout") { Description = "Ends with 124 when it takes longer; the job goes on", HelpName = "DURATION" };
    private readonly Option<int?> _parallel = new("--parallel") { Description = "So many jobs at once, as a group; each has JOB_INDEX in its environment", HelpName = "N" };
    private readonly Option<int> _maxRunning = new("--max-running") { Description = "Members of the group that run at the same time; 0 = all", HelpName = "N" };
    private readonly Option<bool> _cancelRest = new("--cancel-rest") { Description = "One failed member cancels the others" };
    private readonly SubmitOptions _submit = new();

    private RunCommand() { }

    public static Command Build(Tool tool)
    {
        var run = new RunCommand();
        var verb = tool.Verb(
            "run",
            "Submits a job, shows its output as it comes, and ends with its exit code.",
            run.RunAsync,
            "pluginctl run \"ls -la /tmp\" --timeout 30s",
            "pluginctl run -- grep -c error /var/log/app.log",
            "pluginctl run --type http --param url=https://example.org --param method=HEAD",
            "pluginctl run cat --param-file stdin=notes.txt",
            "pluginctl run \"make test\" --detach --priority high --key build-41 --label env=ci",
            "pluginctl run './work.sh ${index}' --parallel 8 --max-running 2");
        verb.Arguments.Add(run._words);
        run._type.CompletionSources.Add(_ => tool.Suggestions.JobTypes);
        foreach (var option in (IEnumerable<Option>)[run._type, run._detach, run._wait, run._waitTimeout, run._parallel, run._maxRunning, run._cancelRest, .. run._submit.All])
            verb.Options.Add(option);
        return verb;
    }

    /// <summary>The words of the command; none where a job type was named.</summary>
    internal static IReadOnlyList<string> Words(IReadOnlyList<string> given, bool isVerbatim, string? type)
    {
        if (type is not null && type != CommandType)
            return given.Count == 0 ? [] : throw ToolException.Usage($"a job of type {type} takes no command line; its parameters are given by --param, --param-file and --params");
        if (isVerbatim && given.Count > 0)
            return given;
        if (given.Count > 1)
            throw ToolException.Usage("write the command in quotes, or -- before its words: run \"ls -la\", run -- ls -la");
        if (given.Count == 1 && given[0].StartsWith('-'))
            throw ToolException.Usage($"{given[0]} is no option of run; a command of such a name comes behind --");
        try
        {
            var words = given.Count == 0 ? [] : CommandLineWords.Split(given[0]);
            return words.Count > 0 || type is not null ? words : throw ToolException.Usage("what is to run? Write a command in quotes, or --type TYPE");
        }
        catch (FormatException unclosed)
        {
            throw ToolException.Usage($"{unclosed.Message}: {given[0]}");
        }
    }

    private async Task<int> RunAsync(Invocation call)
    {
        var type = call.Value(_type);
        var words = Words(call.Value(_words) ?? [], call.Parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash), type);
        var parameters = JobParameters.Of(words);
        if (call.Value(_detach) && (call.Value(_wait) || call.Value(_waitTimeout) is not null))
            throw ToolException.Usage("--detach does not wait; leave out --wait and --wait-timeout");
        if (call.Value(_parallel) is null && call.GivenOf(_maxRunning, _cancelRest) is { } alone)
            throw ToolException.Usage($"{alone.Name} is for groups: it goes with --parallel");
        var limit = call.Duration(_waitTimeout);
        var request = await _submit.RequestAsync(call, type ?? CommandType, parameters);
        return call.Value(_parallel) is { } members ? await GroupAsync(call, request, members, limit) : await JobAsync(call, request, limit);
    }

    private async Task<int> JobAsync(Invocation call, SubmitRequest request, TimeSpan? limit)
    {
        var answer = await call.Admin.AskAsync(Calls.Submit, request, call.Leave);
        foreach (var warning in answer.Warnings)
            call.Note($"warning: {Visible.Line(warning)}");
        if (answer.Existing)
            call.Note($"job {answer.Job.JobId} is there already, made with the same key");
        if (request.DryRun || call.Value(_detach))
        {
            if (call.IsJson)
                call.Json(answer.Job);
            else
                call.Say(request.DryRun ? "accepted if it were submitted" : answer.Job.JobId);
            return ExitCodes.Done;
        }

        return call.End(await call.ForJobAsync(answer.Job.JobId, showsOutput: !call.Value(_wait) && !call.IsJson, limit));
    }

    private async Task<int> GroupAsync(Invocation call, SubmitRequest template, int members, TimeSpan? limit)
    {
        var key = template.IdempotencyKey;
        template.IdempotencyKey = "";
        var policy = call.Value(_cancelRest) ? FailPolicy.CancelRest : FailPolicy.Continue;
        var answer = await call.Admin.AskAsync(Calls.SubmitGroup, new SubmitGroupRequest { Template = template, Parallel = members, MaxRunning = call.Value(_maxRunning), FailPolicy = policy, IdempotencyKey = key }, call.Leave);
        var group = answer.Group;
        if (!template.DryRun && !call.Value(_detach))
            return await GroupsCommand.EndAsync(call, await EndAsync(call, group, showsOutput: !call.Value(_wait) && !call.IsJson, limit));
        if (call.IsJson)
            call.Json(group);
        else
            call.Say(template.DryRun ? "accepted if it were submitted" : group.GroupId);
        return ExitCodes.Done;
    }

    /// <summary>The group as it ended, and until then what its members print.</summary>
    private static async Task<Group> EndAsync(Invocation call, Group group, bool showsOutput, TimeSpan? limit)
    {
        if (!showsOutput)
            return await call.ForGroupAsync(group.GroupId, wasReachable: true, limit);
        using var output = new GroupOutput(call, group);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(call.Leave);
        var copying = output.CopyAsync(left.Token);
        try
        {
            var ended = await call.ForGroupAsync(group.GroupId, wasReachable: true, limit, showsProgress: false);
            await copying;
            return ended;
        }
        finally
        {
            await left.CancelAsync();
            await copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

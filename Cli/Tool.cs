using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using BlazorPluginAdmin.Cli.Commands;
using BlazorPluginAdmin.Cli.Output;

namespace BlazorPluginAdmin.Cli;

/// <summary>The tool as Main and the tests start it.</summary>
internal sealed class Tool
{
    /// <summary>A word that begins with @ is what it is: a file of --params, or an argument of somebody's command.</summary>
    private static readonly ParserConfiguration Plain = new() { ResponseFileTokenReplacer = null };

    private readonly CommonOptions _common = new();
    private readonly Terminal _terminal;
    private readonly Dictionary<Command, string[]> _examples = [];

    private Tool(Terminal terminal)
    {
        _terminal = terminal;
        Root = new RootCommand("Submits jobs to an admin, follows their output, and asks and changes what the admin knows.") { HelpName = "pluginctl" };
        foreach (var option in _common.All)
            Root.Options.Add(option);
        var help = Root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples(this);

        // Names of another system; shells would offer them at every word.
        foreach (var other in (string[])["/h", "/?", "-?"])
            help.Aliases.Remove(other);
        foreach (var build in (Func<Tool, Command>[])
        [
            RunCommand.Build, StatusCommand.Build, ListCommand.Build, LogsCommand.Build, CancelCommand.Build, RetryCommand.Build, GroupsCommand.Build, SchedulesCommand.Build, WatchCommand.Build,
            DescribeTypeCommand.Build, ConfigCommand.Build, DetectCommand.Build, WorkersCommand.Build, NewWorkerCommand.Build, CompletionCommand.Build,
        ])
            Root.Subcommands.Add(build(this));
        TakeNoWords(Root);
    }

    public RootCommand Root { get; }

    /// <summary>Filled only while a shell completes a line.</summary>
    public Suggestions Suggestions { get; } = new();

    /// <summary>Runs the verb that was asked for.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        var tool = new Tool(terminal);
        if (CompletionCommand.Line(arguments) is { } line)
            await tool.Suggestions.FillAsync(() => tool._common.Profile(tool.Root.Parse(line, Plain), terminal.Environment), terminal);
        var parsed = tool.Root.Parse(arguments, Plain);
        if (parsed.Action is ParseErrorAction)
            return tool.Complain(parsed, ToolException.Usage($"{string.Join("; ", parsed.Errors.Select(error => error.Message))} (--help shows what there is)"));
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Lines, Error = terminal.Complaints, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>A verb with what it does and how it is used.</summary>
    public Command Verb(string name, string description, Func<Invocation, Task<int>> body, params string[] examples)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, _) => RunAsync(parsed, body));
        _examples[command] = examples;
        return command;
    }

    /// <summary>The id of one job.</summary>
    public Argument<string> JobArgument()
    {
        var id = new Argument<string>("id") { HelpName = "JOB" };
        id.CompletionSources.Add(_ => Suggestions.Jobs);
        return id;
    }

    /// <summary>The word after a switch is not its value: <c>run --detach true</c> runs true.</summary>
    private static void TakeNoWords(Command command)
    {
        foreach (var option in command.Options.OfType<Option<bool>>())
            option.Arity = ArgumentArity.Zero;
        foreach (var verb in command.Subcommands)
            TakeNoWords(verb);
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<Invocation, Task<int>> body)
    {
        using var invocation = new Invocation(parsed, _common, _terminal);
        try
        {
            return await body(invocation);
        }
        catch (ToolException refused)
        {
            return Complain(parsed, refused);
        }
        catch (OperationCanceledException) when (_terminal.Interrupts.Leave.IsCancellationRequested)
        {
            return ExitCodes.Canceled;
        }
        catch (IOException) when (_terminal.IsWatched is false)
        {
            // Whoever read the output has gone, as head does.
            return ExitCodes.Failed;
        }
    }

    private int Complain(ParseResult parsed, ToolException refused)
    {
        Complaint.Write(_terminal.Complaints, refused, parsed.GetValue(_common.Json));
        return refused.ExitCode;
    }

    private sealed class HelpWithExamples(Tool tool) : SynchronousCommandLineAction
    {
        private readonly HelpAction _help = new();

        public override int Invoke(ParseResult parseResult)
        {
            var code = _help.Invoke(parseResult);
            if (tool._examples.GetValueOrDefault(parseResult.CommandResult.Command) is { Length: > 0 } examples)
            {
                var writer = parseResult.InvocationConfiguration.Output;
                writer.WriteLine("Examples:");
                foreach (var example in examples)
                    writer.WriteLine($"  {example}");
                writer.WriteLine();
            }

            return code;
        }
    }
}

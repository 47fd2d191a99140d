using System.CommandLine;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>A worker to begin with: it runs, it has a test, and it is small enough to be read at once.</summary>
internal static class NewWorkerCommand
{
    private static readonly Dictionary<string, string> Next = new(StringComparer.Ordinal)
    {
        ["csharp"] = "dotnet test tests && dotnet run",
        ["python"] = "see README.md: make .venv once, then .venv/bin/python -m unittest && .venv/bin/python worker.py",
        ["node"] = "see README.md: install once, then npm test && npm start",
    };

    public static Command Build(Tool tool)
    {
        var name = new Argument<string>("name") { HelpName = "NAME" };
        var language = new Option<string>("--lang") { Description = "csharp, python or node", HelpName = "LANGUAGE", Required = true };
        language.AcceptOnlyFromAmong([.. WorkerTemplate.Languages]);
        var into = new Option<string?>("--into") { Description = "The folder to make; default: NAME, here", HelpName = "DIR" };
        var sdk = new Option<string?>("--sdk") { Description = "The checkout with the SDKs; default: the one this tool runs from", HelpName = "DIR" };
        var verb = tool.Verb("new-worker", "Writes a worker project that builds, has a test and runs.", call =>
        {
            var template = Chosen(call.Value(language)!, call.Value(name)!, call.Value(sdk));
            var folder = Path.GetFullPath(call.Value(into) ?? template.Name);
            Write(template, folder, call);
            call.Note($"next: cd {folder} && {Next[template.Language]}");
            return Task.FromResult(ExitCodes.Done);
        }, "pluginctl new-worker --lang csharp line-counter", "pluginctl new-worker --lang python line-counter --into /srv/line-counter");
        verb.Arguments.Add(name);
        verb.Options.Add(language);
        verb.Options.Add(into);
        verb.Options.Add(sdk);
        return verb;
    }

    private static WorkerTemplate Chosen(string language, string name, string? sdk)
    {
        if (!WorkerTemplate.IsName(name) || name.Length > 50)
            throw ToolException.Usage($"'{name}' is no name for a worker: {WorkerTemplate.Rule}");
        var place = WorkerTemplate.SdkAround(sdk is null ? AppContext.BaseDirectory : Path.GetFullPath(sdk), language)
            ?? throw ToolException.Usage(sdk is null
                ? $"this tool does not run from a checkout; say with --sdk where {WorkerTemplate.Mark(language)} is"
                : $"there is no {WorkerTemplate.Mark(language)} in {sdk}");
        return new WorkerTemplate(language, name, place);
    }

    /// <summary>All or nothing: what is there already is never written over.</summary>
    private static void Write(WorkerTemplate template, string folder, Invocation call)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw ToolException.Usage($"{folder} is there already and is not empty; another one can be said with --into");
        try
        {
            foreach (var (path, text) in template.Files())
            {
                var file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
                call.Say(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCodes.Broken, "not_written", exception.Message);
        }
    }
}

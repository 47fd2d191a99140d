using System.CommandLine;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>What a job printed, byte for byte, each stream to its own.</summary>
internal static class LogsCommand
{
    public static Command Build(Tool tool)
    {
        var id = tool.JobArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Goes on until the job has ended" };
        var attempt = new Option<int>("--attempt") { Description = "Of this attempt; else of the newest one and those that follow", HelpName = "N" };
        var stdout = new Option<bool>("--stdout") { Description = "Only stdout" };
        var stderr = new Option<bool>("--stderr") { Description = "Only stderr" };
        var tail = new Option<int?>("--tail") { Description = "Only the last lines of each stream", HelpName = "N" };
        var bytes = new Option<long>("--bytes") { Description = "From this byte of each stream on", HelpName = "OFFSET" };
        var verb = tool.Verb("logs", "What a job printed: stdout to stdout, stderr to stderr.", async call =>
        {
            // On the wire none means all, which is the contrary of what was written.
            if (call.Value(tail) < 1)
                throw ToolException.Usage("--tail: 1 or more");
            if (call.Value(attempt) < 0 || call.Value(bytes) < 0)
                throw ToolException.Usage("--attempt and --bytes: 0 or more");
            if (call.Value(tail) > 0 && call.Value(bytes) > 0)
                throw ToolException.Usage("--tail or --bytes, not both");
            var request = new WatchLogsRequest { JobId = call.Value(id), Follow = call.Value(follow), Attempt = call.Value(attempt), TailLines = call.Value(tail) ?? 0, FromOffset = call.Value(bytes) };
            if (call.Value(stdout) != call.Value(stderr))
                request.Streams.Add(call.Value(stdout) ? LogStream.Stdout : LogStream.Stderr);
            await new OutputFollower(call, request, chunk =>
            {
                if (!call.IsJson)
                    return Waiting.CopyAsync(call, chunk, call.Leave);
                call.Json(chunk);
                return ValueTask.CompletedTask;
            }).RunAsync(wasReachable: false, call.Leave);
            return ExitCodes.Done;
        }, "pluginctl logs j-4711 --follow", "pluginctl logs j-4711 --stderr --tail 20", "pluginctl logs j-4711 --json | jq -r '.data | @base64d'");
        verb.Arguments.Add(id);
        foreach (var option in (IEnumerable<Option>)[follow, attempt, stdout, stderr, tail, bytes])
            verb.Options.Add(option);
        return verb;
    }
}

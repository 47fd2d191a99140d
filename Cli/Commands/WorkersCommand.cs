using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Who is connected, and who is to take no new work.</summary>
internal static class WorkersCommand
{
    public static Command Build(Tool tool)
    {
        var all = new Option<bool>("--all") { Description = "Those that are gone too" };
        var workers = tool.Verb("workers", "Workers: state, slots, labels, job types.", async call =>
        {
            var answer = await call.Admin.AskAsync(Calls.ListWorkers, new ListWorkersRequest { IncludeDisconnected = call.Value(all) }, call.Leave);
            Show(call, answer.Workers);
            return ExitCodes.Done;
        }, "pluginctl workers", "pluginctl workers --json | jq -r 'select(.draining) | .worker_id'");
        workers.Options.Add(all);

        var id = new Argument<string>("id") { HelpName = "WORKER" };
        id.CompletionSources.Add(_ => tool.Suggestions.Workers);
        var undo = new Option<bool>("--undo") { Description = "It takes work again" };
        var reason = new Option<string?>("--reason") { Description = "For those who look later", HelpName = "TEXT" };
        var drain = tool.Verb("drain", "A worker finishes what it has and takes nothing new.", async call =>
        {
            var answer = await call.Admin.AskAsync(Calls.Drain, new DrainRequest { WorkerId = call.Value(id), Enabled = !call.Value(undo), Reason = call.Value(reason) ?? "" }, call.Leave);
            Show(call, [answer.Worker]);
            return ExitCodes.Done;
        }, "pluginctl workers drain w-1 --reason \"kernel update\"", "pluginctl workers drain w-1 --undo");
        drain.Arguments.Add(id);
        drain.Options.Add(undo);
        drain.Options.Add(reason);
        workers.Subcommands.Add(drain);
        return workers;
    }

    private static void Show(Invocation call, IReadOnlyList<Worker> workers)
    {
        var table = new Table("id", "state", "session", "slots", "labels", "executes", "detects");
        foreach (var worker in workers)
        {
            if (call.IsJson)
                call.Json(worker);
            else
                table.Add(worker.WorkerId, State(worker), $"{worker.Generation}", $"{worker.SlotsUsed}/{worker.SlotsTotal}", string.Join(' ', worker.Labels.Select(label => $"{label.Key}={label.Value}")), string.Join(' ', worker.Executes), string.Join(' ', worker.Detects));
        }

        if (!call.IsJson)
            call.Show(table);
    }

    private static string State(Worker worker) => !worker.Connected ? "gone" : worker.Draining ? "draining" : worker.State;
}

using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Stops jobs, each by its id or all that a filter finds.</summary>
internal static class CancelCommand
{
    public static Command Build(Tool tool)
    {
        var many = new ManyJobs(tool);
        var reason = new Option<string?>("--reason") { Description = "For those who look later", HelpName = "TEXT" };
        var force = new Option<bool>("--force") { Description = "Does not wait for the worker to stop" };
        var wait = new Option<bool>("--wait") { Description = "Until it has ended" };
        var verb = tool.Verb("cancel", "Cancels jobs.", call => many.RunAsync(
            call,
            new BulkRequest { Action = BulkAction.Cancel, Reason = call.Value(reason) ?? "" },
            async id =>
            {
                var answer = await call.Admin.AskAsync(Calls.Cancel, new CancelRequest { JobId = id, Reason = call.Value(reason) ?? "", Force = call.Value(force) }, call.Leave);
                var job = call.Value(wait) ? await call.ForJobAsync(id, showsOutput: false) : answer.Job;
                if (call.IsJson)
                    call.Json(job);
                else
                    call.Say($"{job.JobId} {(call.Value(wait) ? JobText.Standing(job) : Outcome(answer.Outcome))}");
            }), "pluginctl cancel j-4711 --reason \"wrong branch\" --wait", "pluginctl cancel --filter type=command,state=pending --yes");
        many.AddTo(verb, reason, force, wait);
        return verb;
    }

    private static string Outcome(CancelOutcome outcome) => outcome switch
    {
        CancelOutcome.Canceled => "canceled",
        CancelOutcome.AlreadyRequested => "is being canceled already",
        _ => "is being canceled",
    };
}

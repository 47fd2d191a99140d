using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;
using CancelRequest = BlazorPluginAdmin.Wire.V1.CancelRequest;
using Option = System.CommandLine.Option;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Stops jobs, each by its id or all that a filter finds.</summary>
internal static class CancelCommand
{
    public static Command Build(Tool tool)
    {
        var many = new ManyJobs(tool);
        var reason = new Option<string?>("--reason") { Description = "For those who look later", HelpName = "TEXT" };
        var force = new Option<bool>("--force") { Description = "Does not wait for the worker to stop" };
        var grace = new Option<string?>("--grace") { Description = "How long the worker has to stop, at most 1h; 10s unless said", HelpName = "DURATION" };
        var wait = new Option<bool>("--wait") { Description = "Until it has ended" };
        var verb = tool.Verb("cancel", "Cancels jobs.", call => many.RunAsync(
            call,
            new BulkRequest { Action = BulkAction.Cancel, Reason = call.Value(reason) ?? "" },
            async id =>
            {
                var answer = await call.Admin.AskAsync(Calls.Cancel, new CancelRequest { JobId = id, Reason = call.Value(reason) ?? "", Force = call.Value(force), Grace = call.Duration(grace)?.ToDuration() }, call.Leave);
                var job = call.Value(wait) ? await call.ForJobAsync(id, showsOutput: false) : answer.Job;
                if (call.IsJson)
                    call.Json(job);
                else
                    call.Say($"{job.JobId} {(call.Value(wait) ? JobText.Standing(job) : Outcome(answer.Outcome))}");
                if (JobEnding.IsEnd(job.State) && job.State != JobState.Canceled)
                    throw new ToolException(ExitCodes.Refused, "not_canceled", $"job {job.JobId} was not canceled: it {(job.State == JobState.Succeeded ? "succeeded" : "failed")} before it stopped");
            }), "pluginctl cancel j-4711 --reason \"wrong branch\" --wait", "pluginctl cancel --filter type=command,state=pending --yes");
        many.AddTo(verb, [reason], [force, grace, wait]);
        return verb;
    }

    private static string Outcome(CancelOutcome outcome) => outcome switch
    {
        CancelOutcome.Canceled => "canceled",
        CancelOutcome.AlreadyRequested => "is being canceled already",
        _ => "is being canceled",
    };
}

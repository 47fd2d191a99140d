using System.CommandLine;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Runs ended jobs again, as new jobs.</summary>
internal static class RetryCommand
{
    public static Command Build(Tool tool)
    {
        var many = new ManyJobs(tool);
        var now = new Option<bool>("--now") { Description = "A job that waits for its next attempt: now" };
        var param = new Option<string[]>("--param") { Description = "Instead of the job's own; its form converts the text", HelpName = "NAME=VALUE" };
        var verb = tool.Verb("retry", "Runs jobs again: each is a new job, told on stdout.", call => many.RunAsync(
            call,
            new BulkRequest { Action = BulkAction.Retry },
            async id =>
            {
                var parameters = new JobParameters();
                foreach (var pair in call.Value(param) ?? [])
                    parameters.Pair(pair);
                var answer = await call.Admin.AskAsync(Calls.Retry, new RetryRequest { JobId = id, Now = call.Value(now), ParametersJson = parameters.Write() }, call.Leave);
                if (call.IsJson)
                    call.Json(answer.Job);
                else
                    call.Say(answer.Job.JobId);
            }), "pluginctl retry j-4711 --param hours=12", "pluginctl retry --filter type=backup,reason=worker_lost --yes");
        many.AddTo(verb, [], [now, param]);
        return verb;
    }
}

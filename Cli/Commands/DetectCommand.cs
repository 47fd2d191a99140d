using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;
using Option = System.CommandLine.Option;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Lets a worker look for work now.</summary>
internal static class DetectCommand
{
    private static readonly TimeSpan Answering = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    public static Command Build(Tool tool)
    {
        var type = new Argument<string>("type") { HelpName = "TYPE" };
        type.CompletionSources.Add(_ => tool.Suggestions.JobTypes);
        var max = new Option<int>("--max") { Description = "At most so many findings", HelpName = "N" };
        var enqueue = new Option<bool>("--enqueue") { Description = "Makes jobs of them; else they are only shown" };
        var wait = new Option<bool>("--wait") { Description = "Waits until the jobs of --enqueue have ended; ends as the first that failed" };
        var timeout = new Option<string?>("--timeout") { Description = "How long the worker may look; 5m", HelpName = "DURATION" };
        var verb = tool.Verb("detect", "Lets a worker look for work now, and shows what it found.", async call =>
        {
            var patience = call.Duration(timeout) ?? Usual;
            var request = new DetectRequest { JobType = call.Value(type), MaxResults = call.Value(max), Enqueue = call.Value(enqueue), Timeout = patience.ToDuration() };
            var answer = await call.ProgressAsync(
                call.Admin.FollowAsync(Calls.WatchDetect, request, call.Leave, patience + Answering),
                $"a worker looks for {request.JobType}",
                now => $"{request.JobType}: {now.Found} found{(request.Enqueue ? $", {now.Created} queued" : "")}{(now.Message.Length > 0 ? $", {now.Message}" : "")}",
                now => now.Ended);
            if (answer.ErrorMessage.Length > 0 && !call.IsJson)
                throw new ToolException(ExitCodes.Failed, "detection_failed", answer.ErrorMessage);
            Show(call, answer, request.Enqueue);
            return answer.ErrorMessage.Length > 0 ? ExitCodes.Failed
                : call.Value(wait) ? await EndAsync(call, answer.JobIds) : ExitCodes.Done;
        }, "pluginctl detect file_retention", "pluginctl detect file_retention --enqueue --max 10", "pluginctl detect file_retention --enqueue --wait");
        verb.Arguments.Add(type);
        foreach (var option in (IEnumerable<Option>)[max, enqueue, wait, timeout])
            verb.Options.Add(option);
        return verb;
    }

    /// <summary>What the tool ends with once all have ended: the code of the first of them that failed or was canceled.</summary>
    private static async Task<int> EndAsync(Invocation call, IEnumerable<string> jobs)
    {
        var code = ExitCodes.Done;
        foreach (var id in jobs)
        {
            var ending = JobEnding.Of(await call.ForJobAsync(id, showsOutput: false));
            if (ending.Text.Length > 0)
                call.Note($"pluginctl: job {id} {Visible.Line(ending.Text)}");
            code = code == ExitCodes.Done ? ending.ExitCode : code;
        }

        return code;
    }

    private static void Show(Invocation call, DetectResponse answer, bool isEnqueued)
    {
        if (call.IsJson)
        {
            call.Json(answer);
            return;
        }

        if (answer.Proposals.Count > 0)
        {
            var table = new Table("key", "priority", "summary");
            foreach (var proposal in answer.Proposals)
                table.Add(proposal.DedupeKey, proposal.Priority.ToString().ToLowerInvariant(), proposal.Summary);
            call.Show(table);
        }

        call.Say(isEnqueued
            ? $"{answer.Found} found, {answer.Created} queued, {answer.Duplicates} there already"
            : $"{answer.Found} found, none queued (--enqueue does)");
    }
}

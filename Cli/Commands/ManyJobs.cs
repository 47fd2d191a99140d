using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>An action on jobs named one by one, or on all that a filter finds; the latter is shown first and done with --yes.</summary>
internal sealed class ManyJobs
{
    private readonly Argument<string[]> _ids;
    private readonly Option<string?> _filter = new("--filter") { Description = "All jobs found by type, state, phase, reason, origin, worker, group, lane, text, label", HelpName = "KEY=VALUE,…" };
    private readonly Option<bool> _yes = new("--yes") { Description = "Does it; without it --filter only tells what it would do" };

    private Option[] _ofNamed = [];

    public ManyJobs(Tool tool)
    {
        _ids = new Argument<string[]>("id") { HelpName = "JOB", Arity = ArgumentArity.ZeroOrMore };
        _ids.CompletionSources.Add(_ => tool.Suggestions.Jobs);
    }

    /// <param name="verb">The verb.</param>
    /// <param name="ofAll">What goes with ids and with a filter.</param>
    /// <param name="ofNamed">What goes with ids only; with a filter it is refused, not forgotten.</param>
    public void AddTo(Command verb, Option[] ofAll, Option[] ofNamed)
    {
        _ofNamed = ofNamed;
        verb.Arguments.Add(_ids);
        foreach (var option in (IEnumerable<Option>)[.. ofAll, .. ofNamed, _filter, _yes])
            verb.Options.Add(option);
    }

    /// <summary>One job that is refused does not keep the others from their turn; the first refusal is the exit code.</summary>
    public async Task<int> RunAsync(Invocation call, BulkRequest bulk, Func<string, Task> actAsync)
    {
        var ids = call.Value(_ids) ?? [];
        var filter = call.Value(_filter);
        if (ids.Length > 0 == filter is not null)
            throw ToolException.Usage("name jobs by their ids, or by --filter");
        if (filter is not null)
        {
            return call.GivenOf(_ofNamed) is { } one
                ? throw ToolException.Usage($"{one.Name} goes with jobs named by their ids, not with --filter")
                : await BulkAsync(call, bulk, filter);
        }

        var code = ExitCodes.Done;
        foreach (var id in ids)
        {
            try
            {
                await actAsync(id);
            }
            catch (ToolException refused) when (ids.Length > 1 && refused.ExitCode != ExitCodes.Unreachable)
            {
                Complaint.Write(call.Terminal.Complaints, refused, call.IsJson);
                code = code == ExitCodes.Done ? refused.ExitCode : code;
            }
        }

        return code;
    }

    private async Task<int> BulkAsync(Invocation call, BulkRequest bulk, string filter)
    {
        bulk.Filter = FilterText.Read(filter);
        bulk.DryRun = !call.Value(_yes);
        var verb = bulk.Action.ToString().ToLowerInvariant();
        var answer = await call.ProgressAsync(call.Admin.FollowAsync(Calls.WatchBulk, bulk, call.Leave), $"{verb} of all that match", now => $"{verb}: {now.Done} of {now.Matched}, {now.Changed} changed", now => now.Ended);
        if (call.IsJson)
            call.Json(answer);
        else
            call.Say($"{answer.Matched} found, {answer.Changed} {(bulk.DryRun ? "would be changed" : "changed")}{string.Concat(answer.Skipped.Select(skipped => $"; {skipped.Value} left alone: {Visible.Line(skipped.Key)}"))}{(answer.Failed > 0 ? $"; {answer.Failed} refused" : "")}");
        if (!bulk.DryRun)
            return answer.Failed > 0 ? ExitCodes.Failed : ExitCodes.Done;
        call.Note("nothing was done; --yes does it");
        return ExitCodes.Usage;
    }
}

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

    public ManyJobs(Tool tool)
    {
        _ids = new Argument<string[]>("id") { HelpName = "JOB", Arity = ArgumentArity.ZeroOrMore };
        _ids.CompletionSources.Add(_ => tool.Suggestions.Jobs);
    }

    public void AddTo(Command verb, params Option[] options)
    {
        verb.Arguments.Add(_ids);
        foreach (var option in (IEnumerable<Option>)[.. options, _filter, _yes])
            verb.Options.Add(option);
    }

    /// <summary>One job that is refused does not keep the others from their turn; the first refusal is the exit code.</summary>
    public async Task<int> RunAsync(Invocation call, BulkRequest bulk, Func<string, Task> one)
    {
        var ids = call.Value(_ids) ?? [];
        var filter = call.Value(_filter);
        if (ids.Length > 0 == filter is not null)
            throw ToolException.Usage("name jobs by their ids, or by --filter");
        if (filter is not null)
            return await BulkAsync(call, bulk, filter);
        var code = ExitCodes.Done;
        foreach (var id in ids)
        {
            try
            {
                await one(id);
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
        var answer = await call.Admin.AskAsync(Calls.Bulk, bulk, call.Leave);
        if (call.IsJson)
            call.Json(answer);
        else
            call.Say($"{answer.Matched} found, {answer.Changed} {(bulk.DryRun ? "would be changed" : "changed")}{string.Concat(answer.Skipped.Select(skipped => $"; {skipped.Value} left alone: {Visible.Line(skipped.Key)}"))}");
        if (!bulk.DryRun)
            return ExitCodes.Done;
        call.Note("nothing was done; --yes does it");
        return ExitCodes.Usage;
    }
}

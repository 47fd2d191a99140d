using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;
using Option = System.CommandLine.Option;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Which jobs: everything given must hold, of a repeated option one is enough.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string[]> _type = new("--type") { Description = "Job type", HelpName = "TYPE" };
    private readonly Option<string[]> _state = new("--state") { Description = "pending, assigned, running, succeeded, failed, canceled", HelpName = "STATE" };
    private readonly Option<string[]> _reason = new("--reason") { Description = "Why it ended: error, timeout, worker_lost, exhausted, expired, rejected, person", HelpName = "REASON" };
    private readonly Option<string?> _worker = new("--worker") { Description = "The worker that had it last", HelpName = "WORKER" };
    private readonly Option<string?> _group = new("--group") { Description = "Members of a group", HelpName = "GROUP" };
    private readonly Option<string[]> _label = new("--label") { Description = "A label of the job", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _since = new("--since") { Description = "Created since then, or so long ago", HelpName = "TIME|DURATION" };
    private readonly Option<string?> _text = new("--text") { Description = "Part of the id, the summary or the error", HelpName = "TEXT" };

    public FilterOptions(Tool tool)
    {
        _type.CompletionSources.Add(_ => tool.Suggestions.JobTypes);
        _worker.CompletionSources.Add(_ => tool.Suggestions.Workers);
        _state.CompletionSources.Add("pending", "assigned", "running", "succeeded", "failed", "canceled");
    }

    public IEnumerable<Option> All => [_type, _state, _reason, _worker, _group, _label, _since, _text];

    /// <exception cref="ToolException">An option is malformed.</exception>
    public JobFilter Read(Invocation call)
    {
        foreach (var option in (Option<string?>[])[_worker, _group, _text])
        {
            if (call.Value(option) is "")
                throw Missing(option);
        }

        foreach (var option in (Option<string[]>[])[_type, _reason])
        {
            if ((call.Value(option) ?? []).Contains(""))
                throw Missing(option);
        }

        var filter = new JobFilter { WorkerId = call.Value(_worker) ?? "", GroupId = call.Value(_group) ?? "", Text = call.Value(_text) ?? "" };
        filter.JobTypes.Add(call.Value(_type) ?? []);
        filter.States.Add((call.Value(_state) ?? []).SelectMany(words => words.Split(',')).Select(FilterText.State));
        filter.Reasons.Add(call.Value(_reason) ?? []);
        Pairs.Fill(filter.Labels, call.Value(_label), "--label");
        if (call.Value(_since) is { } since)
        {
            filter.CreatedAfter = InstantText.TryReadBack(since, call.Now, out var instant)
                ? Timestamp.FromDateTimeOffset(instant)
                : throw ToolException.Usage($"--since {since}: a time like 2030-01-31T06:00Z or a duration like 2h is wanted");
        }

        return filter;
    }

    /// <summary>As of a variable that was not set: without it, more would be found than was meant.</summary>
    private static ToolException Missing(Option option) => ToolException.Usage($"{option.Name}: a value is missing");
}

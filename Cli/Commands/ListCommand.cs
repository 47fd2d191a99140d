using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Jobs, the newest first.</summary>
internal static class ListCommand
{
    private const int LargestPage = 500;
    private const int SummaryLength = 60;

    public static Command Build(Tool tool)
    {
        var filter = new FilterOptions(tool);
        var limit = new Option<int>("--limit") { Description = "At most so many", HelpName = "N", DefaultValueFactory = _ => 50 };
        var all = new Option<bool>("--all") { Description = "All of them" };
        var verb = tool.Verb("list", "Jobs, the newest first.", async call =>
        {
            var wanted = call.Value(all) ? int.MaxValue : call.Value(limit) is > 0 and var most ? most : throw ToolException.Usage("--limit: 1 or more");
            var request = new ListRequest { Filter = filter.Read(call) };
            var table = new Table("id", "type", "state", "age", "run", "worker", "summary");
            do
            {
                request.PageSize = Math.Min(wanted, LargestPage);
                var page = await call.Admin.AskAsync(Calls.List, request, call.Leave);
                Add(call, table, page);
                (wanted, request.Cursor) = (wanted - page.Jobs.Count, page.NextCursor);
            }
            while (wanted > 0 && request.Cursor.Length > 0);
            if (!call.IsJson)
                call.Show(table);
            return ExitCodes.Done;
        }, "pluginctl list --state failed --since 1d", "pluginctl list --type command --label env=ci --all --json | jq -r .job_id");
        foreach (var option in (IEnumerable<Option>)[.. filter.All, limit, all])
            verb.Options.Add(option);
        return verb;
    }

    private static void Add(Invocation call, Table table, ListResponse page)
    {
        foreach (var job in page.Jobs)
        {
            if (call.IsJson)
                call.Json(job);
            else
                table.Add(job.JobId, job.JobType, JobText.Standing(job), JobText.Age(job.CreatedAt, call.Now), JobText.Runtime(job, call.Now), job.WorkerId, Visible.Short(job.ErrorMessage.Length > 0 ? job.ErrorMessage : job.Summary, SummaryLength));
        }
    }
}

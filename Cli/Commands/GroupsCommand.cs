using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Groups of jobs, as <c>run --parallel</c> makes them.</summary>
internal static class GroupsCommand
{
    public static Command Build(Tool tool)
    {
        var id = new Argument<string>("id") { HelpName = "GROUP" };
        var wait = new Option<bool>("--wait") { Description = "Waits for the end, and ends as run does" };
        var waitTimeout = new Option<string?>("--wait-timeout") { Description = "Ends with 124 when it takes longer", HelpName = "DURATION" };
        var status = tool.Verb("status", "How far a group is.", async call =>
        {
            var groupId = call.Value(id)!;
            if (call.Value(wait))
                return await EndAsync(call, await call.ForGroupAsync(groupId, wasReachable: false, call.Duration(waitTimeout)));
            Show(call, (await call.Admin.AskAsync(Calls.GetGroup, new GetGroupRequest { GroupId = groupId }, call.Leave)).Group);
            return ExitCodes.Done;
        }, "pluginctl groups status g-41 --wait");
        status.Arguments.Add(id);
        status.Options.Add(wait);
        status.Options.Add(waitTimeout);

        var reason = new Option<string?>("--reason") { Description = "For those who look later", HelpName = "TEXT" };
        var cancel = tool.Verb("cancel", "Cancels every member that has not ended.", async call =>
        {
            Show(call, (await call.Admin.AskAsync(Calls.CancelGroup, new CancelGroupRequest { GroupId = call.Value(id), Reason = call.Value(reason) ?? "" }, call.Leave)).Group);
            return ExitCodes.Done;
        }, "pluginctl groups cancel g-41 --reason \"wrong input\"");
        cancel.Arguments.Add(id);
        cancel.Options.Add(reason);

        return new Command("groups", "Groups of jobs that were submitted together.") { status, cancel };
    }

    /// <summary>Tells how a group ended, and what the tool ends with: the code of the first member that failed.</summary>
    public static async Task<int> EndAsync(Invocation call, Group group)
    {
        Job? failed = null;
        if (group.Failed > 0)
        {
            var list = new ListRequest { Filter = new JobFilter { GroupId = group.GroupId, States = { JobState.Failed } }, Order = JobOrder.Completed, Ascending = true, PageSize = 1 };
            var first = (await call.Admin.AskAsync(Calls.List, list, call.Leave)).Jobs.FirstOrDefault();
            failed = first is null ? null : (await call.Admin.AskAsync(Calls.Get, new GetRequest { JobId = first.JobId, Include = { Include.Result } }, call.Leave)).Job;
        }

        var ending = JobEnding.OfGroup(group, failed);
        if (call.IsJson)
            call.Json(group);
        else if (ending.Text.Length > 0)
            call.Note($"pluginctl: group {group.GroupId} {ending.Text}");
        return ending.ExitCode;
    }

    private static void Show(Invocation call, Group group)
    {
        if (call.IsJson)
        {
            call.Json(group);
            return;
        }

        var table = new Output.Table("group", "state", "total", "pending", "running", "succeeded", "failed", "canceled");
        table.Add(group.GroupId, JobText.State(group.State), $"{group.Total}", $"{group.Pending}", $"{group.Running}", $"{group.Completions}", $"{group.Failed}", $"{group.Canceled}");
        call.Show(table);
    }
}

using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>What happens to jobs, as it happens.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Build(Tool tool)
    {
        var filter = new FilterOptions(tool);
        var progress = new Option<bool>("--progress") { Description = "How far jobs are, too" };
        var activities = new Option<bool>("--activities") { Description = "What workers say of them, too" };
        var after = new Option<long>("--after") { Description = "After this sequence number", HelpName = "N" };
        var verb = tool.Verb("watch", "What happens to jobs, one line each, until Ctrl+C.", async call =>
        {
            if (call.Value(after) < 0)
                throw ToolException.Usage("--after: 0 or more");
            var request = new WatchEventsRequest { Filter = filter.Read(call), AfterSequence = call.Value(after), IncludeProgress = call.Value(progress), IncludeActivities = call.Value(activities) };
            DateTimeOffset? lost = null;
            while (true)
            {
                try
                {
                    await foreach (var happened in call.Admin.FollowAsync(Calls.WatchEvents, request, call.Leave))
                    {
                        (request.AfterSequence, lost) = (Math.Max(request.AfterSequence, happened.Sequence), null);
                        Show(call, happened);
                    }

                    return ExitCodes.Done;
                }
                catch (ToolException refused) when (refused.IsLostConnection && request.AfterSequence > 0 && call.Now - (lost ??= call.Now) < Patience)
                {
                    await Task.Delay(Pause, call.Terminal.Time, call.Leave);
                }
            }
        }, "pluginctl watch", "pluginctl watch --type backup --progress", "pluginctl watch --json | jq -c '{job: .job.job_id, state: .job.state}'");
        foreach (var option in (IEnumerable<Option>)[.. filter.All, progress, activities, after])
            verb.Options.Add(option);
        return verb;
    }

    private static void Show(Invocation call, JobEvent happened)
    {
        if (call.IsJson)
        {
            call.Json(happened);
            return;
        }

        // The end of the first picture has no job and says nothing to people.
        if (happened is { Job: null, Kind: JobEventKind.Snapshot })
        {
            return;
        }

        var job = happened.Job ?? new Job();
        var what = happened.Kind switch
        {
            JobEventKind.Activity => happened.Activity?.Message ?? "",
            JobEventKind.Progress => $"{JobText.Percent(job.ProgressPercent)} {job.Stage} {job.Message}",
            JobEventKind.Reset => "events are missing here; what follows is how jobs are now",
            _ => $"{JobText.Standing(job)} {(job.ErrorMessage.Length > 0 ? job.ErrorMessage : job.Summary)}",
        };
        call.Say(Visible.Line($"{JobText.Instant(happened.At)}  {job.JobId}  {job.JobType}  {what}".TrimEnd()));
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;
using Option = System.CommandLine.Option;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Jobs that are submitted again and again, or once, at their time.</summary>
internal static class SchedulesCommand
{
    private const string CommandType = "command";

    public static Command Build(Tool tool) =>
        new("schedules", "Jobs that are submitted again and again, or once, at their time.") { List(tool), Show(tool), Add(tool), Pause(tool), Resume(tool), Run(tool), Delete(tool), Next(tool) };

    private static Command List(Tool tool) => tool.Verb("list", "All schedules, the next to run first.", async call =>
    {
        var answer = await call.Admin.AskAsync(Calls.ListSchedules, new ListSchedulesRequest(), call.Leave);
        var table = new Table("name", "rule", "job type", "state", "next", "last", "skipped", "missed");
        foreach (var schedule in answer.Schedules)
        {
            if (call.IsJson)
                call.Json(schedule);
            else
                table.Add(schedule.Spec.Name, schedule.RuleText, schedule.Spec.Job.JobType, schedule.Phase, Instant(schedule.NextStart), Last(schedule), $"{schedule.Skipped}", $"{schedule.Missed}");
        }

        if (!call.IsJson)
            call.Show(table);
        return ExitCodes.Done;
    }, "pluginctl schedules list", "pluginctl schedules list --json | jq -r 'select(.phase == \"paused\") | .spec.name'");

    private static Command Show(Tool tool)
    {
        var name = Name(tool);
        var verb = tool.Verb("show", "One schedule: what it submits, when, and what came of its last runs.", async call =>
        {
            Tell(call, (await call.Admin.AskAsync(Calls.GetSchedule, new GetScheduleRequest { ScheduleId = call.Value(name) }, call.Leave)).Schedule);
            return ExitCodes.Done;
        }, "pluginctl schedules show nightly");
        verb.Arguments.Add(name);
        return verb;
    }

    private static Command Add(Tool tool)
    {
        var name = new Argument<string>("name") { HelpName = "NAME" };
        var words = new Argument<string[]>("command") { Description = "One line in quotes, or -- and the words", HelpName = "COMMAND LINE", Arity = ArgumentArity.ZeroOrMore };
        var type = new Option<string?>("--type") { Description = "Job type, when it is not a command", HelpName = "TYPE" };
        type.CompletionSources.Add(_ => tool.Suggestions.JobTypes);
        var replace = new Option<bool>("--replace") { Description = "Changes the schedule of that name, if there is one" };
        var (when, submit) = (new ScheduleOptions(), new SubmitOptions());
        var verb = tool.Verb(
            "add",
            "Saves a job as a schedule.",
            async call =>
            {
                var jobType = call.Value(type);
                var line = RunCommand.Words(call.Value(words) ?? [], call.Parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash), jobType);
                var spec = new ScheduleSpec
                {
                    Name = call.Value(name) ?? "",
                    Rule = when.Rule(call) ?? throw ToolException.Usage("when? Give --cron, --every or --at"),
                    Job = await submit.TemplateAsync(call, jobType ?? CommandType, JobParameters.Of(line)),
                };
                (spec.QueueTtl, spec.Deadline) = submit.Spans(call);
                when.Fill(call, spec);
                var request = new SaveScheduleRequest { Spec = spec, DryRun = call.Value(submit.DryRun), ScheduleId = call.Value(replace) ? await FindAsync(call, spec.Name) : "" };
                var answer = await call.Admin.AskAsync(Calls.SaveSchedule, request, call.Leave);
                foreach (var warning in answer.Warnings)
                    call.Note($"warning: {Visible.Line(warning)}");
                if (call.IsJson)
                    call.Json(answer.Schedule);
                else
                    call.Say(request.DryRun ? "accepted if it were saved" : answer.Schedule.ScheduleId);
                if (!call.IsJson)
                    call.Note($"next: {string.Join(", ", answer.Schedule.Upcoming.Select(Instant))}");
                return ExitCodes.Done;
            },
            "pluginctl schedules add nightly \"backup.sh /srv\" --cron \"30 2 * * *\" --zone Europe/Berlin --timeout 1h",
            "pluginctl schedules add ping --type http --param url=https://example.org --every 5m --overlap skip --jitter 30s",
            "pluginctl schedules add move --at 2030-01-31T06:00Z -- mv /srv/a /srv/b");
        verb.Arguments.Add(name);
        verb.Arguments.Add(words);
        foreach (var option in (IEnumerable<Option>)[type, .. when.All, .. submit.OfTemplate, replace])
            verb.Options.Add(option);
        return verb;
    }

    private static Command Pause(Tool tool)
    {
        var name = Name(tool);
        var reason = new Option<string?>("--reason") { Description = "For those who look later", HelpName = "TEXT" };
        var until = new Option<string?>("--until") { Description = "Goes on by itself at this time, or so long from now", HelpName = "TIME|DURATION" };
        var verb = tool.Verb("pause", "Nothing of it starts by itself until it is resumed.", async call =>
        {
            var request = new PauseScheduleRequest { ScheduleId = call.Value(name), Paused = true, Reason = call.Value(reason) ?? "" };
            if (call.Value(until) is { } text)
                request.Until = InstantText.TryReadAhead(text, call.Now, out var end) ? Timestamp.FromDateTimeOffset(end) : throw ToolException.Usage($"--until {text}: a time like 2030-01-31T06:00Z or a duration like 10m is wanted");
            Tell(call, (await call.Admin.AskAsync(Calls.PauseSchedule, request, call.Leave)).Schedule);
            return ExitCodes.Done;
        }, "pluginctl schedules pause nightly --reason \"new disks\" --until 2d");
        verb.Arguments.Add(name);
        verb.Options.Add(reason);
        verb.Options.Add(until);
        return verb;
    }

    private static Command Resume(Tool tool)
    {
        var name = Name(tool);
        var verb = tool.Verb("resume", "It goes on from now; what passed meanwhile is not caught up.", async call =>
        {
            Tell(call, (await call.Admin.AskAsync(Calls.PauseSchedule, new PauseScheduleRequest { ScheduleId = call.Value(name) }, call.Leave)).Schedule);
            return ExitCodes.Done;
        }, "pluginctl schedules resume nightly");
        verb.Arguments.Add(name);
        return verb;
    }

    private static Command Run(Tool tool)
    {
        var name = Name(tool);
        var wait = new Option<bool>("--wait") { Description = "Shows its output, and ends with its exit code" };
        var verb = tool.Verb("run", "One run now, besides all others.", async call =>
        {
            var job = (await call.Admin.AskAsync(Calls.RunSchedule, new RunScheduleRequest { ScheduleId = call.Value(name) }, call.Leave)).Job;
            if (call.Value(wait))
                return call.End(await call.ForJobAsync(job.JobId, showsOutput: !call.IsJson, null));
            if (call.IsJson)
                call.Json(job);
            else
                call.Say(job.JobId);
            return ExitCodes.Done;
        }, "pluginctl schedules run nightly --wait");
        verb.Arguments.Add(name);
        verb.Options.Add(wait);
        return verb;
    }

    private static Command Delete(Tool tool)
    {
        var name = Name(tool);
        var verb = tool.Verb("delete", "Deletes a schedule; its jobs stay, and go on.", async call =>
        {
            var schedule = (await call.Admin.AskAsync(Calls.DeleteSchedule, new DeleteScheduleRequest { ScheduleId = call.Value(name) }, call.Leave)).Schedule;
            if (call.IsJson)
                call.Json(schedule);
            else
                call.Say($"{Visible.Line(schedule.Spec.Name)} deleted");
            return ExitCodes.Done;
        }, "pluginctl schedules delete nightly");
        verb.Arguments.Add(name);
        return verb;
    }

    private static Command Next(Tool tool)
    {
        var name = Name(tool);
        name.Arity = ArgumentArity.ZeroOrOne;
        var when = new ScheduleOptions();
        var count = new Option<int>("--count") { Description = "How many, 1 to 100", HelpName = "N", DefaultValueFactory = _ => 5 };
        var verb = tool.Verb("next", "The next runs of a schedule, or of a rule that is not saved.", async call =>
        {
            var rule = when.Rule(call);
            if ((rule is null) == (call.Value(name) is null))
                throw ToolException.Usage("give the name of a schedule, or one of --cron, --every and --at");
            var request = new PreviewScheduleRequest { Rule = rule, ScheduleId = call.Value(name) ?? "", Count = call.Value(count) };
            var answer = await call.Admin.AskAsync(Calls.PreviewSchedule, request, call.Leave);
            var table = new Table("at", "local", "note");
            foreach (var run in answer.Runs)
            {
                if (call.IsJson)
                    call.Json(run);
                else
                    table.Add(Instant(run.At), run.Local, run.Note);
            }

            if (!call.IsJson)
                call.Show(table);
            return ExitCodes.Done;
        }, "pluginctl schedules next nightly", "pluginctl schedules next --cron \"30 2 * * *\" --zone Europe/Berlin --count 10");
        verb.Arguments.Add(name);
        foreach (var option in (IEnumerable<Option>)[.. when.OfRule, count])
            verb.Options.Add(option);
        return verb;
    }

    private static Argument<string> Name(Tool tool)
    {
        var name = new Argument<string>("name") { HelpName = "NAME" };
        name.CompletionSources.Add(_ => tool.Suggestions.Schedules);
        return name;
    }

    /// <summary>Empty: there is none of that name.</summary>
    private static async Task<string> FindAsync(Invocation call, string name) =>
        (await call.Admin.AskAsync(Calls.ListSchedules, new ListSchedulesRequest(), call.Leave)).Schedules.FirstOrDefault(schedule => schedule.Spec.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))?.ScheduleId ?? "";

    private static void Tell(Invocation call, Schedule schedule)
    {
        if (call.IsJson)
        {
            call.Json(schedule);
            return;
        }

        var spec = schedule.Spec;
        var table = new Table("what", "value");
        table.Add("name", spec.Name);
        table.Add("id", schedule.ScheduleId);
        table.Add("rule", schedule.RuleText);
        table.Add("job type", spec.Job.JobType);
        table.Add("state", schedule.Pause is { } pause ? $"paused by {pause.By}{(pause.Reason.Length > 0 ? $": {pause.Reason}" : "")}{(pause.Until is null ? "" : $", until {Instant(pause.Until)}")}" : schedule.Phase);
        table.Add("overlap", ScheduleOptions.Text(spec.Overlap));
        table.Add("catch up", ScheduleOptions.Text(spec.CatchUp));
        if (spec.Jitter is not null)
            table.Add("jitter", DurationText.Write(spec.Jitter.ToTimeSpan()));
        table.Add("next", string.Join(", ", schedule.Upcoming.Select(Instant)));
        table.Add("skipped", $"{schedule.Skipped}");
        table.Add("missed", $"{schedule.Missed}");
        table.Add("saved by", $"{schedule.UpdatedBy}, {Instant(schedule.UpdatedAt)}, version {schedule.Version}");
        call.Show(table);
        if (schedule.Runs.Count == 0)
            return;
        var runs = new Table("instant", "outcome", "job", "text");
        foreach (var run in schedule.Runs)
            runs.Add(Instant(run.Instant), run.Times > 1 ? $"{run.Outcome} ({run.Times} times)" : run.Outcome, run.JobId, run.Text);
        call.Say("");
        call.Show(runs);
    }

    private static string Last(Schedule schedule) => schedule.Runs.FirstOrDefault() is { } run ? $"{run.Outcome} {Instant(run.Instant)}" : "";

    private static string Instant(Timestamp? at) => at?.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) ?? "";
}

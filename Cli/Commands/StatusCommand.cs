using System.CommandLine;
using BlazorPluginAdmin.Cli.Output;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>One job: where it is, why it waits, how its attempts went, what came of it.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Build(Tool tool)
    {
        var id = tool.JobArgument();
        var watch = new Option<bool>("--watch") { Description = "Again with every change, until it has ended" };
        var verb = tool.Verb("status", "One job: state, attempts, why it waits, result.", async call =>
        {
            var version = -1L;
            while (true)
            {
                var job = (await call.Admin.AskAsync(Calls.Get, new GetRequest { JobId = call.Value(id), Include = { Include.Attempts, Include.Result, Include.Parameters } }, call.Leave)).Job;
                if (job.Version != version)
                    Show(call, job);
                if (!call.Value(watch) || JobEnding.IsEnd(job.State))
                    return ExitCodes.Done;
                version = job.Version;
                await Task.Delay(Pause, call.Terminal.Time, call.Leave);
            }
        }, "pluginctl status j-4711", "pluginctl status j-4711 --json | jq -r .result.output_values.exit_code.int64_value");
        verb.Arguments.Add(id);
        verb.Options.Add(watch);
        return verb;
    }

    private static void Show(Invocation call, Job job)
    {
        if (call.IsJson)
        {
            call.Json(job);
            return;
        }

        foreach (var (name, value) in Lines(job, call.Now).Where(line => line.Value.Length > 0))
            call.Say($"{name,-12}{Visible.Line(value)}");
        if (job.Attempts.Count > 0)
        {
            var table = new Table("attempt", "state", "worker", "started", "took", "exit", "error");
            foreach (var attempt in job.Attempts)
                table.Add($"{attempt.Number}", attempt.Reason.Length > 0 ? $"{attempt.State} ({attempt.Reason})" : attempt.State, attempt.WorkerId, JobText.Instant(attempt.StartedAt ?? attempt.SentAt), Took(attempt), attempt.HasExitCode ? $"{attempt.ExitCode}" : "", attempt.ErrorMessage);
            call.Say("");
            call.Show(table);
        }
    }

    private static IEnumerable<(string Name, string Value)> Lines(Job job, DateTimeOffset now)
    {
        yield return ("id", job.JobId);
        yield return ("type", job.JobType);
        yield return ("state", JobText.Standing(job));
        yield return ("waits", job.Waiting is { } waiting ? waiting.Text.Length > 0 ? waiting.Text : waiting.Code : "");
        yield return ("waits since", job.Waiting?.Since is { } since ? $"{JobText.Instant(since)}, {JobText.Age(since, now)}" : "");
        yield return ("waits until", job.Waiting?.Until is { } until ? JobText.Instant(until) : "");
        yield return ("position", job.HasQueuePosition ? $"{job.QueuePosition} in the queue of its type" : "");
        yield return ("summary", job.Summary);
        yield return ("error", job.ErrorMessage);
        yield return ("exit code", job.HasExitCode ? $"{job.ExitCode}" : "");
        yield return ("progress", job.State == JobState.Running ? $"{JobText.Percent(job.ProgressPercent)} {job.Stage} {job.Message}" : "");
        yield return ("priority", job.EffectivePriority != job.Priority && job.EffectivePriority > 0 ? $"{job.Priority}, {job.EffectivePriority} with its age" : $"{job.Priority}");
        yield return ("worker", job.WorkerId);
        yield return ("labels", string.Join(", ", job.Labels.Select(label => $"{label.Key}={label.Value}")));
        yield return ("group", job.GroupId);
        yield return ("retry of", job.RetryOf);
        yield return ("created", job.CreatedAt is null ? "" : $"{JobText.Instant(job.CreatedAt)}, {JobText.Age(job.CreatedAt, now)} ago");
        yield return ("runs", JobText.Runtime(job, now));
        yield return ("result", job.Result?.Summary ?? "");
    }

    private static string Took(Attempt attempt) =>
        attempt is { EndedAt: { } ended } && (attempt.StartedAt ?? attempt.SentAt) is { } began ? DurationText.Write(ended.ToDateTimeOffset() - began.ToDateTimeOffset()) : "";
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A command line that does what the page does.</summary>
public sealed record CopyLine(string Title, string Pluginctl, string Curl);

/// <summary>
/// The open job as command lines. What somebody wrote is quoted whole; a secret is the shell variable of its name. An idempotency key
/// stays behind: it belongs to the parameters as they were given then, without what the form filled in, so that under it the line
/// would at best find this job.
/// </summary>
public static class CopyLines
{
    private const string Mark = "\u0001";

    /// <param name="web">Pages of this admin, as the person reached them; ends with a slash.</param>
    /// <param name="dial">Its port for workers and tools: host and port.</param>
    /// <param name="secrets">Names of parameters that are never shown.</param>
    /// <param name="now">Times that have passed stay behind.</param>
    public static ImmutableArray<CopyLine> Of(string web, string dial, Job job, JobPayload payload, IReadOnlySet<string> secrets, DateTimeOffset now)
    {
        var id = Uri.EscapeDataString(job.Id.Value);
        payload = payload with { Parameters = GroupRequests.ParametersAlone(payload.Parameters) };
        var tool = $"pluginctl --address {Quote(dial)}";
        return
        [
            new("View", $"{tool} status {Quote(job.Id.Value)}", $"curl -s {Quote($"{web}api/plugin/jobs/{id}/detail")}"),
            new("This submission", $"{tool} run{Submission(job, payload, secrets, now)}", $"curl -s -X POST -H 'Content-Type: application/json' {Quote($"{web}api/plugin/jobs")} -d {Quoted(Body(job, payload, secrets, now), secrets)}"),
            new("Follow the output", $"{tool} logs {Quote(job.Id.Value)} --follow", $"curl -sN {Quote($"{web}api/plugin/jobs/{id}/log?follow=true")}"),
        ];
    }

    /// <summary>One word for a POSIX shell.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The options of <c>pluginctl</c> that say what a job is to be, each after a blank.</summary>
    private static string Submission(Job job, JobPayload payload, IReadOnlySet<string> secrets, DateTimeOffset now)
    {
        var line = new StringBuilder(" --type ").Append(Quote(job.JobType));
        var open = ConfigValues.From(payload.Parameters.Where(pair => !secrets.Contains(pair.Key)));
        if (open.Count > 0)
        {
            line.Append(" --params ").Append(Quote(PlainJson.Write(new ConfigValue.Map(open))));
        }

        foreach (var name in payload.Parameters.Keys.Where(secrets.Contains))
        {
            line.Append(CultureInfo.InvariantCulture, $" --param {Quote($"{name}=")}\"${Variable(name)}\"");
        }

        line.Append(CultureInfo.InvariantCulture, $" --priority {job.Priority}");
        foreach (var (key, value) in GroupRequests.LabelsAlone(job))
        {
            line.Append(key.StartsWith(DispatchPlanner.Selector, StringComparison.Ordinal)
                ? $" --require {Quote($"{key[DispatchPlanner.Selector.Length..]}={value}")}"
                : $" --label {Quote($"{key}={value}")}");
        }

        Add("--summary", job.Summary);
        Add("--detail", payload.Detail);
        Add("--timeout", Text(job.AttemptTimeout));
        Add("--retries", job.RetryLimit?.ToString(CultureInfo.InvariantCulture) ?? "");
        Add("--retry-backoff", Text(job.RetryBackoff));
        Add("--dedupe-key", DedupeKeyOf(job));
        Add("--not-before", StartOf(job) is { } start && start > now ? start.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) : "");

        // From its start, so that the line means the same whenever it is used.
        Add("--ttl", Text(job.ExpiresAt - (StartOf(job) ?? job.CreatedAt)));
        Add("--deadline", Text(job.Deadline - job.CreatedAt));
        return line.ToString();

        void Add(string option, string value)
        {
            if (value.Length > 0)
            {
                line.Append(CultureInfo.InvariantCulture, $" {option} {Quote(value)}");
            }
        }
    }

    private static string Text(TimeSpan? span) => span is { } known ? DurationText.Format(ConfigValue.Duration.From(known)) : "";

    /// <summary>When it was to start; null: at once, or not known any more, because a pause between attempts is kept in the same place.</summary>
    private static DateTimeOffset? StartOf(Job job) => job.Attempt is null && job.DueAt > job.CreatedAt ? job.DueAt : null;

    private static string DedupeKeyOf(Job job) => job.DedupeKey == job.Id.Value ? "" : job.DedupeKey;

    private static string Body(Job job, JobPayload payload, IReadOnlySet<string> secrets, DateTimeOffset now) => JsonText.Write(job, (writer, job) =>
    {
        writer.WriteStartObject();
        writer.WriteString("job_type", job.JobType);
        writer.WritePropertyName("parameters");
        PlainJson.Write(writer, new ConfigValue.Map(Masked(payload.Parameters, secrets)));
        writer.WriteNumber("priority", job.Priority);
        Write("summary", job.Summary);
        Write("detail", payload.Detail);
        Write("dedupe_key", DedupeKeyOf(job));
        WriteTime("not_before", StartOf(job));
        WriteTime("expires_at", job.ExpiresAt);
        WriteTime("deadline", job.Deadline);
        Write("attempt_timeout", Text(job.AttemptTimeout));
        Write("retry_backoff", Text(job.RetryBackoff));
        if (job.RetryLimit is { } retries)
        {
            writer.WriteNumber("retry_limit", retries);
        }

        WriteLabels(writer, GroupRequests.LabelsAlone(job));
        writer.WriteEndObject();

        void WriteTime(string name, DateTimeOffset? at)
        {
            if (at > now)
            {
                writer.WriteString(name, at.Value);
            }
        }

        void Write(string name, string value)
        {
            if (value.Length > 0)
            {
                writer.WriteString(name, value);
            }
        }
    });

    private static void WriteLabels(Utf8JsonWriter writer, ImmutableSortedDictionary<string, string> labels)
    {
        if (labels.IsEmpty)
        {
            return;
        }

        writer.WriteStartObject("labels");
        foreach (var label in labels)
        {
            writer.WriteString(label.Key, label.Value);
        }

        writer.WriteEndObject();
    }

    private static ConfigValues Masked(ConfigValues values, IReadOnlySet<string> secrets) =>
        ConfigValues.From(values.Select(pair => secrets.Contains(pair.Key) ? KeyValuePair.Create(pair.Key, (ConfigValue)new ConfigValue.Text(Hole(pair.Key))) : pair));

    /// <summary>One word with holes where secrets are: the shell puts its variables there.</summary>
    private static string Quoted(string json, IReadOnlySet<string> secrets)
    {
        var word = new StringBuilder(Quote(json));
        foreach (var name in secrets)
        {
            word.Replace(JsonText.Write(Hole(name), (writer, hole) => writer.WriteStringValue(hole)).Trim('"'), $"'\"${Variable(name)}\"'");
        }

        return word.ToString();
    }

    private static string Hole(string name) => $"{Mark}{Variable(name)}{Mark}";

    /// <summary>The shell variable for a value of this name.</summary>
    public static string Variable(string name)
    {
        var upper = string.Concat(name.Select(unit => char.IsAsciiLetterOrDigit(unit) ? char.ToUpperInvariant(unit) : '_'));
        return upper.Length == 0 || char.IsAsciiDigit(upper[0]) ? $"_{upper}" : upper;
    }
}

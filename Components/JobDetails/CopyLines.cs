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

/// <summary>The open job as command lines. What somebody wrote is quoted whole; a secret is the shell variable of its name.</summary>
public static class CopyLines
{
    private const string Mark = "\u0001";

    /// <param name="web">Pages of this admin, as the person reached them; ends with a slash.</param>
    /// <param name="dial">Its port for workers and tools: host and port.</param>
    /// <param name="secrets">Names of parameters that are never shown.</param>
    public static ImmutableArray<CopyLine> Of(string web, string dial, Job job, JobPayload payload, IReadOnlySet<string> secrets)
    {
        var id = Uri.EscapeDataString(job.Id.Value);
        payload = payload with { Parameters = GroupRequests.ParametersAlone(job, payload.Parameters) };
        var tool = $"pluginctl --address {Quote(dial)}";
        return
        [
            new("View", $"{tool} status {Quote(job.Id.Value)}", $"curl -s {Quote($"{web}api/plugin/jobs/{id}/detail")}"),
            new("This submission", $"{tool} run{Submission(job, payload, secrets)}", $"curl -s -X POST -H 'Content-Type: application/json' {Quote($"{web}api/plugin/jobs")} -d {Quoted(Body(job, payload, secrets), secrets)}"),
            new("Follow the output", $"{tool} logs {Quote(job.Id.Value)} --follow", $"curl -sN {Quote($"{web}api/plugin/jobs/{id}/log?follow=true")}"),
        ];
    }

    /// <summary>One word for a POSIX shell.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The options of <c>pluginctl</c> that say what a job is to be, each after a blank.</summary>
    private static string Submission(Job job, JobPayload payload, IReadOnlySet<string> secrets)
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
        Add("--timeout", job.AttemptTimeout is { } timeout ? DurationText.Format(ConfigValue.Duration.From(timeout)) : "");
        Add("--retries", job.RetryLimit?.ToString(CultureInfo.InvariantCulture) ?? "");
        return line.ToString();

        void Add(string option, string value)
        {
            if (value.Length > 0)
            {
                line.Append(CultureInfo.InvariantCulture, $" {option} {Quote(value)}");
            }
        }
    }

    private static string Body(Job job, JobPayload payload, IReadOnlySet<string> secrets) => JsonText.Write(job, (writer, job) =>
    {
        writer.WriteStartObject();
        writer.WriteString("job_type", job.JobType);
        writer.WritePropertyName("parameters");
        PlainJson.Write(writer, new ConfigValue.Map(Masked(payload.Parameters, secrets)));
        writer.WriteNumber("priority", job.Priority);
        Write("summary", job.Summary);
        Write("detail", payload.Detail);
        Write("dedupe_key", job.DedupeKey == job.Id.Value ? "" : job.DedupeKey);
        Write("attempt_timeout", job.AttemptTimeout is { } timeout ? DurationText.Format(ConfigValue.Duration.From(timeout)) : "");
        if (job.RetryLimit is { } retries)
        {
            writer.WriteNumber("retry_limit", retries);
        }

        WriteLabels(writer, GroupRequests.LabelsAlone(job));
        writer.WriteEndObject();

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

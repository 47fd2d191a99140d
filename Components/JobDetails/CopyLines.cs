using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A command line that does what the page does.</summary>
public sealed record CopyLine(string Title, string Pluginctl, string Curl);

/// <summary>The open job as command lines. What somebody wrote is quoted whole; a secret is the shell variable of its name.</summary>
public static class CopyLines
{
    private const string Mark = "\u0001";

    /// <param name="address">Of this admin, as the person reached it; ends with a slash.</param>
    /// <param name="secrets">Names of parameters that are never shown.</param>
    public static ImmutableArray<CopyLine> Of(string address, Job job, JobPayload payload, IReadOnlySet<string> secrets)
    {
        var id = Uri.EscapeDataString(job.Id.Value);
        return
        [
            new("View", $"pluginctl status {Quote(job.Id.Value)}", $"curl -s {Quote($"{address}api/plugin/jobs/{id}/detail")}"),
            new("This submission", Run(job, payload, secrets), $"curl -s -X POST -H 'Content-Type: application/json' {Quote($"{address}api/plugin/jobs/execute?async=true")} -d {Quoted(Submission(job, payload, secrets))}"),
            new("Follow the output", $"pluginctl logs {Quote(job.Id.Value)} --follow", $"curl -sN {Quote($"{address}api/plugin/jobs/{id}/log?follow=true")}"),
        ];
    }

    /// <summary>One word for a POSIX shell.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Run(Job job, JobPayload payload, IReadOnlySet<string> secrets)
    {
        var line = new StringBuilder($"pluginctl run --type {Quote(job.JobType)} --params {Quoted(PlainJson.Write(new ConfigValue.Map(Masked(payload.Parameters, secrets))))}");
        line.Append(CultureInfo.InvariantCulture, $" --priority {job.Priority}");
        foreach (var label in job.Labels)
        {
            line.Append(CultureInfo.InvariantCulture, $" --label {Quote($"{label.Key}={label.Value}")}");
        }

        return line.ToString();
    }

    private static string Submission(Job job, JobPayload payload, IReadOnlySet<string> secrets) => JsonText.Write(job, (writer, job) =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("job");
        writer.WriteString("job_type", job.JobType);
        writer.WriteString("priority", job.Priority switch { >= 100 => "JOB_PRIORITY_CRITICAL", >= 75 => "JOB_PRIORITY_HIGH", >= 50 => "JOB_PRIORITY_NORMAL", _ => "JOB_PRIORITY_LOW" });
        if (job.Summary.Length > 0)
        {
            writer.WriteString("summary", job.Summary);
        }

        if (payload.Detail.Length > 0)
        {
            writer.WriteString("detail", payload.Detail);
        }

        if (job.DedupeKey != job.Id.Value)
        {
            writer.WriteString("dedupe_key", job.DedupeKey);
        }

        writer.WritePropertyName("parameters");
        ConfigValueJson.Write(writer, Masked(payload.Parameters, secrets));
        writer.WriteStartObject("labels");
        foreach (var label in job.Labels)
        {
            writer.WriteString(label.Key, label.Value);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static ConfigValues Masked(ConfigValues values, IReadOnlySet<string> secrets) =>
        ConfigValues.From(values.Select(pair => secrets.Contains(pair.Key) ? KeyValuePair.Create(pair.Key, (ConfigValue)new ConfigValue.Text($"{Mark}{pair.Key}{Mark}")) : pair));

    /// <summary>A word with holes where secrets are: the shell puts its variables there.</summary>
    private static string Quoted(string json)
    {
        var parts = json.Split("\\u0001");
        return string.Concat(parts.Select((part, n) => n % 2 == 0 ? Quote(part) : $"\"${Variable(part)}\""));
    }

    private static string Variable(string name) => string.Concat(name.Select(unit => char.IsAsciiLetterOrDigit(unit) ? char.ToUpperInvariant(unit) : '_')) is var upper && char.IsAsciiDigit(upper[0]) ? $"_{upper}" : upper;
}

using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Activities;

/// <summary>What the address of the activity page asks for. What is not understood is not asked for.</summary>
public sealed record ActivityQuery
{
    /// <summary>The gravities one can ask for: name in addresses, words.</summary>
    public static readonly IReadOnlyList<(string Name, string Words)> Severities = [("warning", "Warnings and errors"), ("bad", "Errors")];

    public string Text { get; init; } = "";

    public string Source { get; init; } = "";

    public string JobType { get; init; } = "";

    public string Worker { get; init; } = "";

    public string Severity { get; init; } = "";

    /// <summary>From when on: an age (<c>1h</c>, which goes with the clock) or a date; empty: ever since.</summary>
    public string Since { get; init; } = "";

    /// <summary>As <see cref="Since"/>; empty: until now.</summary>
    public string Until { get; init; } = "";

    /// <summary>Parameters of the address that nobody understands.</summary>
    public string NotUnderstood { get; init; } = "";

    public bool IsFiltered => Parts.Any();

    /// <summary>What is set: its name in the address, in words, and the query without it.</summary>
    public IEnumerable<(string Parameter, string Words, ActivityQuery Without)> Parts => new[]
    {
        ("q", Text, this with { Text = "" }), ("source", Source, this with { Source = "" }), ("job", JobType, this with { JobType = "" }), ("worker", Worker, this with { Worker = "" }),
        ("severity", Severity, this with { Severity = "" }), ("since", Since, this with { Since = "" }), ("until", Until, this with { Until = "" }),
    }.Where(part => part.Item2.Length > 0);

    public ActivityFilter Filter(DateTimeOffset now) => new()
    {
        Text = Text,
        Sources = ActivitySources.Of(Source),
        JobTypes = JobType.Length > 0 ? [JobType] : [],
        Worker = Worker.Length > 0 ? new WorkerId(Worker) : null,
        Severity = Severity switch { "warning" => ActivitySeverity.Warning, "bad" => ActivitySeverity.Bad, _ => ActivitySeverity.Normal },
        At = TimeTerm.Between(Since, Until, now) ?? default,
    };

    /// <summary>The same question to the REST interface.</summary>
    public string Export(string format) =>
        $"api/plugin/activities/export?format={format}" + string.Concat(Parts.Select(part => $"&{(part.Parameter == "job" ? "job_type" : part.Parameter == "worker" ? "worker_id" : part.Parameter)}={Uri.EscapeDataString(part.Words)}"));

    public static ActivityQuery From(string? text, string? source, string? jobType, string? worker, string? severity, string? since = null, string? until = null)
    {
        var known = new ActivityQuery
        {
            Text = Cut(text),
            Source = ActivitySources.Names.Contains(source) ? source! : "",
            JobType = Cut(jobType),
            Worker = Cut(worker),
            Severity = Severities.Any(known => known.Name == severity) ? severity! : "",
            Since = IsTime(since) ? since! : "",
            Until = IsTime(until) ? until! : "",
        };
        var odd = new[] { ("source", source, known.Source), ("severity", severity, known.Severity), ("since", since, known.Since), ("until", until, known.Until) };
        return known with { NotUnderstood = string.Join(", ", odd.Where(part => part.Item3.Length == 0 && !string.IsNullOrEmpty(part.Item2)).Select(part => $"{part.Item1}={Cut(part.Item2)}")) };
    }

    private static bool IsTime(string? text) => text is { Length: > 0 and <= 40 } && TimeTerm.Between(text, "", DateTimeOffset.UnixEpoch.AddYears(40)) is not null;

    private static string Cut(string? text) => text is { Length: > 200 } ? text[..200] : text ?? "";
}

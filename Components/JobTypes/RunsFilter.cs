using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What an address asks of the jobs that ran. What is not understood is left out, and said.</summary>
/// <param name="State">Null: any.</param>
/// <param name="Since">An age (<c>1h</c>, which goes with the clock) or a date; empty: ever since.</param>
/// <param name="Until">As <paramref name="Since"/>; empty: until now.</param>
public sealed record RunsFilter(string? State, string Since, string Until, string NotUnderstood)
{
    /// <summary>Filters that are set.</summary>
    public int Count => (State is null ? 0 : 1) + (Since.Length + Until.Length > 0 ? 1 : 0);

    /// <param name="states">Those that are offered.</param>
    public static RunsFilter From(IEnumerable<string?> states, string? state, string? since, string? until)
    {
        var filter = new RunsFilter(states.FirstOrDefault(known => known is not null && known == state?.ToLowerInvariant()), Time(since), Time(until), "");
        var odd = new[] { ("state", state, filter.State), ("since", since, filter.Since), ("until", until, filter.Until) };
        return filter with { NotUnderstood = string.Join(", ", odd.Where(part => !string.IsNullOrEmpty(part.Item2) && string.IsNullOrEmpty(part.Item3)).Select(part => $"{part.Item1}={part.Item2}")) };
    }

    /// <summary>As terms of a query, about this of its times: updated or completed.</summary>
    public JobQuery Times(string key) => JobQuery.Parse(JobListAddress.Span(key, Since, Until)).Query;

    /// <summary>The parameters of an address with these times, from its first page on.</summary>
    public static Dictionary<string, object?> To((string Since, string Until) times) => new()
    {
        ["since"] = times.Since.Length == 0 ? null : times.Since,
        ["until"] = times.Until.Length == 0 ? null : times.Until,
        ["after"] = null,
    };

    private static string Time(string? text) => text is { Length: > 0 and <= 40 } && TimeTerm.Between(text, "", DateTimeOffset.UnixEpoch.AddYears(40)) is not null ? text : "";
}

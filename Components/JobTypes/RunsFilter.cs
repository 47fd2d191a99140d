using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Queries;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What an address asks of the jobs that ran. What is not understood is left out, and said.</summary>
/// <param name="State">Null: any.</param>
/// <param name="Since">An age (<c>1h</c>, which goes with the clock) or a date; empty: ever since.</param>
/// <param name="Until">As <paramref name="Since"/>; empty: until now.</param>
/// <param name="Worker">Its id; empty: any.</param>
/// <param name="Text">As in a query box; empty: nothing more is asked.</param>
public sealed record RunsFilter(string? State, string Since, string Until, string Worker, string Text, string NotUnderstood)
{
    /// <summary>Those of an address that it reads.</summary>
    public static readonly ImmutableArray<string> Parameters = ["state", "since", "until", "worker", "q"];

    /// <summary>Filters that are set.</summary>
    public int Count => (State is null ? 0 : 1) + (IsOfAnyTime ? 0 : 1) + (Worker.Length > 0 ? 1 : 0) + (Text.Length > 0 ? 1 : 0);

    /// <summary>Nothing is asked but a state.</summary>
    public bool IsWide => Count == (State is null ? 0 : 1);

    private bool IsOfAnyTime => Since.Length + Until.Length == 0;

    /// <param name="states">Those that are offered.</param>
    public static RunsFilter From(IEnumerable<string?> states, NavigationManager navigation) =>
        From(states, navigation.Said("state"), navigation.Said("since"), navigation.Said("until"), navigation.Said("worker"), navigation.Said("q"));

    /// <inheritdoc cref="From(IEnumerable{string?}, NavigationManager)"/>
    public static RunsFilter From(IEnumerable<string?> states, string? state, string? since, string? until, string? worker = null, string? text = null)
    {
        var filter = new RunsFilter(
            states.FirstOrDefault(known => known is not null && known == state?.ToLowerInvariant()), Time(since), Time(until), worker ?? "", JobQuery.Parse(text).Errors.IsEmpty ? text?.Trim() ?? "" : "", "");
        var odd = new[] { ("state", state, filter.State), ("since", since, filter.Since), ("until", until, filter.Until), ("q", text?.Trim(), filter.Text) };
        return filter with { NotUnderstood = string.Join(", ", odd.Where(part => !string.IsNullOrEmpty(part.Item2) && string.IsNullOrEmpty(part.Item3)).Select(part => $"{part.Item1}={part.Item2}")) };
    }

    /// <summary>All but the state as a query; of its times about this one: updated or completed.</summary>
    public JobQuery Query(string key)
    {
        var query = JobQuery.Parse($"{Text} {JobListAddress.Span(key, Since, Until)}").Query;
        return Worker.Length > 0 ? query.With("worker", Worker) : query;
    }

    /// <summary>The same in this state; where none is chosen, in those that the text asks for, else in the usual ones.</summary>
    public JobQuery In(JobQuery query, params IEnumerable<string> usual) => State is { } one ? query.With("state", one) : query.Values("state").IsEmpty ? query.With("state", usual) : query;

    /// <summary>The parameters of an address with these times, from its first page on.</summary>
    public static Dictionary<string, object?> To((string Since, string Until) times) => new()
    {
        ["since"] = times.Since.Length == 0 ? null : times.Since,
        ["until"] = times.Until.Length == 0 ? null : times.Until,
        ["after"] = null,
    };

    private static string Time(string? text) => text is { Length: > 0 and <= 40 } && TimeTerm.Between(text, "", DateTimeOffset.UnixEpoch.AddYears(40)) is not null ? text : "";
}

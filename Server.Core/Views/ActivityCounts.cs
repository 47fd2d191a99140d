using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Activities of the last hour, whole minutes: a list of what was said since <see cref="From"/> has the same count.</summary>
/// <param name="Start">Of the hour.</param>
/// <param name="CompleteSince">What was said before is not counted.</param>
public sealed record ActivityCounts(DateTimeOffset Start, DateTimeOffset CompleteSince, int All, ImmutableDictionary<string, int> ByType)
{
    public static readonly ActivityCounts Empty = new(default, default, 0, ImmutableDictionary.Create<string, int>(StringComparer.Ordinal));

    public bool IsWholeHour => CompleteSince <= Start;

    public DateTimeOffset From => IsWholeHour ? Start : CompleteSince;

    public int Of(string jobType) => ByType.GetValueOrDefault(jobType);
}

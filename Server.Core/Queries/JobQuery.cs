using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>
/// The text of a query box, taken apart: <c>type:vacuum state:failed -reason:timeout created:&lt;1h "disk full"</c>. All terms
/// must hold; several values of a term mean any of them. Relative times stay relative until <see cref="Filter"/>.
/// </summary>
public sealed record JobQuery(ImmutableArray<JobTerm> Terms)
{
    public static readonly JobQuery Empty = new([]);

    public bool IsEmpty => Terms.IsEmpty;

    /// <summary>What can be read of it; what cannot is among the errors.</summary>
    public static (JobQuery Query, ImmutableArray<QueryError> Errors) Parse(string? text) => QueryParser.Parse(text ?? "");

    /// <summary>The values of a key that is asked for, not of its negation.</summary>
    public ImmutableArray<string> Values(string key) => Terms.FirstOrDefault(term => term.Key == key && !term.IsNegated)?.Values ?? [];

    /// <summary>With these values of a key in place of those it had; none: without it.</summary>
    public JobQuery With(string key, params IEnumerable<string> values)
    {
        var term = new JobTerm(key, [.. values]);
        var place = Terms.IndexOf(Terms.FirstOrDefault(old => old.Key == key && !old.IsNegated)!);
        var left = Terms.RemoveAll(old => old.Key == key && !old.IsNegated);
        return new JobQuery(term.Values.IsEmpty ? left : place < 0 ? left.Add(term) : left.Insert(Math.Min(place, left.Length), term));
    }

    public JobQuery Without(JobTerm term) => new(Terms.Remove(term));

    /// <summary>Both must hold.</summary>
    public JobQuery And(JobQuery other) => Parse($"{this} {other}").Query;

    /// <param name="state">Asked for what is not stored; null: nothing is known of that.</param>
    public JobFilter Filter(DateTimeOffset now, AdminState? state = null) => Terms.Aggregate(
        new JobFilter { Order = JobOrder.Created },
        (filter, term) => term.IsNegated ? filter with { Not = filter.Not.Add(Add(new JobFilter(), term, now, state)) } : Add(filter, term, now, state));

    public bool Equals(JobQuery? other) => other is not null && Terms.SequenceEqual(other.Terms);

    public override int GetHashCode() => Terms.Aggregate(0, HashCode.Combine);

    /// <summary>A text that is parsed to the same query.</summary>
    public override string ToString() => string.Join(' ', Terms);

    private static JobFilter Add(JobFilter filter, JobTerm term, DateTimeOffset now, AdminState? state) => term.Key switch
    {
        "" => filter with { Texts = filter.Texts.Add(term.Values[0]) },
        "type" => filter with { JobTypes = term.Values },
        "state" => filter with { States = [.. term.Values.SelectMany(States).Distinct()] },
        "phase" => filter with { Phases = Words<JobPhase>(term) },
        "reason" => filter with { Reasons = Words<JobReason>(term) },
        "origin" => filter with { Origins = Words<JobOrigin>(term) },
        "worker" => filter with { Workers = [.. term.Values.Select(value => new WorkerId(value))] },
        "detection" => filter with { Detections = [.. term.Values.Select(value => new RequestId(value))] },
        "group" => filter with { Groups = term.Values },
        "fp" => filter with { Fingerprints = term.Values },
        "id" => filter with { Ids = [.. term.Values.Select(value => new JobId(value))] },
        "by" => filter with { SubmittedBy = term.Values },
        "priority" => WithPriority(filter, PriorityTerm.Read(term.Values[0])!.Value),
        "created" => filter with { Created = Both(filter.Created, TimeTerm.Read(term.Values[0], now)!.Value) },
        "updated" => filter with { Updated = Both(filter.Updated, TimeTerm.Read(term.Values[0], now)!.Value) },
        "completed" => filter with { Completed = Both(filter.Completed, TimeTerm.Read(term.Values[0], now)!.Value) },
        "due" => filter with { Due = Both(filter.Due, TimeTerm.Read(term.Values[0], now)!.Value) },
        "needs" => filter with { Not = filter.Not.AddRange(Needs.Attention(now, state ?? AdminState.Empty).Not) },
        _ => filter with { Labels = filter.Labels.Add(new LabelMatch(term.Key[QueryKeys.LabelPrefix.Length..], term.Values.Contains("*") ? [] : term.Values)) },
    };

    private static IEnumerable<JobState> States(string word) => word switch
    {
        "active" => [JobState.Assigned, JobState.Running],
        "ended" => [JobState.Succeeded, JobState.Failed, JobState.Canceled],
        _ => [Enum.Parse<JobState>(word, ignoreCase: true)],
    };

    private static ImmutableArray<T> Words<T>(JobTerm term)
        where T : struct, Enum => [.. Enum.GetValues<T>().Where(value => term.Values.Contains(QueryKeys.Word(value)))];

    private static JobFilter WithPriority(JobFilter filter, (int From, int To) range) => filter with
    {
        PriorityFrom = Math.Max(filter.PriorityFrom ?? 0, range.From),
        PriorityTo = Math.Min(filter.PriorityTo ?? 100, range.To),
    };

    private static TimeRange Both(TimeRange one, TimeRange other) => new(
        one.From is { } from && !(other.From > from) ? from : other.From,
        one.Until is { } until && !(other.Until < until) ? until : other.Until);
}

/// <summary>What could not be read, where, and what was probably meant.</summary>
/// <param name="At">Characters before it.</param>
/// <param name="Length">Its own characters.</param>
/// <param name="Text">For people.</param>
/// <param name="Instead">To be put in its place; null: no idea.</param>
public sealed record QueryError(int At, int Length, string Text, string? Instead);

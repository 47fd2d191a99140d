using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>A stretch of an index that holds every job a filter can find, or one of several that do so together.</summary>
/// <param name="Index">Null: SQLite chooses.</param>
/// <param name="IsOrdered">The index has the order of the list, so that a page is read without what follows it.</param>
internal sealed record JobPart(string? Index, Func<JobSql, string> Where, bool IsOrdered)
{
    public string From => Index is null ? "jobs" : $"jobs INDEXED BY {Index}";
}

/// <summary>
/// How a list is read: the stretches of index to walk, and what of the filter is left to be asked of each row. Ended jobs come by
/// index; open ones change often, are few, and are in the indexes of what never changes only.
/// </summary>
internal sealed record JobParts(ImmutableArray<JobPart> Parts, JobFilter Rest)
{
    private const int MostParts = 24;

    private static readonly ImmutableArray<JobState> Open = [JobState.Pending, JobState.Assigned, JobState.Running];
    private static readonly ImmutableArray<JobState> Ended = [JobState.Succeeded, JobState.Failed, JobState.Canceled];

    /// <summary>Nothing is left to be asked of a row.</summary>
    public bool IsWhole { get; } = new JobSql().Where(Rest).Length == 0;

    /// <summary>Types and states, and nothing else.</summary>
    public static bool IsTally(JobFilter filter) => new JobSql().Where(WithoutStates(filter) with { JobTypes = [] }).Length == 0;

    /// <summary>The states that can be found; what is excluded as a whole is left out.</summary>
    public static ImmutableArray<JobState> States(JobFilter filter)
    {
        var wanted = filter.States.IsEmpty ? Open.AddRange(Ended) : filter.States;
        wanted = filter.Fingerprints.IsEmpty ? wanted : [.. wanted.Where(state => state == JobState.Failed)];
        wanted = filter.Order == JobOrder.Completed ? [.. wanted.Where(Ended.Contains)] : wanted;
        return [.. wanted.Where(state => !filter.Not.Any(not => IsOfStates(not) && not.States.Contains(state)))];
    }

    public static JobParts Of(JobFilter filter)
    {
        var states = States(filter);
        var rest = WithoutStates(filter);
        if (!filter.Ids.IsEmpty)
        {
            return new JobParts([new JobPart(null, sql => sql.In("id", [.. filter.Ids.Select(id => id.Value)]), false)], WithStates(rest with { Ids = [] }, states));
        }

        if (!filter.Detections.IsEmpty)
        {
            return new JobParts([new JobPart(null, sql => sql.In("detection", [.. filter.Detections.Select(id => id.Value)]), false)], WithStates(rest with { Detections = [] }, states));
        }

        if (!filter.Groups.IsEmpty)
        {
            return new JobParts([new JobPart("jobs_group", sql => $"group_id IS NOT NULL AND {sql.In("group_id", filter.Groups)}", false)], WithStates(rest with { Groups = [] }, states));
        }

        if (!filter.RetryOf.IsEmpty)
        {
            return new JobParts([new JobPart("jobs_retry", sql => $"retry_of IS NOT NULL AND {sql.In("retry_of", [.. filter.RetryOf.Select(id => id.Value)])}", false)], WithStates(rest with { RetryOf = [] }, states));
        }

        if (filter is { Order: JobOrder.Created, DedupeKeys: [var dedupe], JobTypes: [var only] })
        {
            return new JobParts([new JobPart("jobs_dedupe", Ranged(sql => $"dedupe_key <> id AND type = {sql.Place(only)} AND dedupe_key = {sql.Place(dedupe)}"), true)], WithStates(rest with { JobTypes = [], DedupeKeys = [], Created = default }, states));
        }

        if (filter is { Order: JobOrder.Created, Fingerprints: [var fingerprint] })
        {
            return new JobParts([new JobPart("jobs_fp", Ranged(sql => $"fp = {sql.Place(fingerprint)}"), true)], rest with { Fingerprints = [], Created = default });
        }

        var types = filter.JobTypes.Length * states.Length <= MostParts ? filter.JobTypes : [];
        rest = rest with { JobTypes = types.IsEmpty ? filter.JobTypes : [] };
        if (filter.Order != JobOrder.Created)
        {
            return new JobParts([.. OpenPart(types, states), .. EndedParts("updated", types, states)], rest with { Updated = default });
        }

        rest = rest with { Created = default };
        return states.Length == Open.Length + Ended.Length
            ? new JobParts([.. ByType(types, "jobs_created", "jobs_type_created", "1 = 1")], rest)
            : new JobParts([.. OpenPart(types, states), .. EndedParts("created", types, states)], rest);

        Func<JobSql, string> Ranged(Func<JobSql, string> where) => sql =>
        {
            var all = new List<string> { where(sql) };
            sql.Within(all, JobSql.Column(filter.Order), filter.Order == JobOrder.Created ? filter.Created : filter.Updated);
            return string.Join(" AND ", all);
        };

        IEnumerable<JobPart> ByType(ImmutableArray<string> wanted, string index, string typed, string where) => wanted.IsEmpty
            ? [new JobPart(index, Ranged(_ => where), true)]
            : wanted.Select(type => new JobPart(typed, Ranged(sql => $"{where} AND type = {sql.Place(type)}"), true));

        IEnumerable<JobPart> EndedParts(string key, ImmutableArray<string> wanted, ImmutableArray<JobState> among)
        {
            var ended = among.Where(Ended.Contains).ToList();
            return ended.Count == Ended.Length && key == "updated"
                ? ByType(wanted, "jobs_updated", "jobs_type_updated", "ended = 1")
                : ended.SelectMany(state => ByType(wanted, $"jobs_state_{key}", key == "updated" ? "jobs_type_state" : "jobs_type_state_created", $"ended = 1 AND state = {(int)state}"));
        }

        IEnumerable<JobPart> OpenPart(ImmutableArray<string> wanted, ImmutableArray<JobState> among)
        {
            var open = among.Where(Open.Contains).ToList();
            return open.Count == 0
                ? []
                : [new JobPart("jobs_open", Ranged(sql => $"ended = 0 AND {sql.In("state", [.. open.Select(state => (object)(int)state)])}{(wanted.IsEmpty ? "" : $" AND {sql.In("type", wanted)}")}"), false)];
        }
    }

    private static bool IsOfStates(JobFilter not) => !not.States.IsEmpty && new JobSql().Where(not with { States = [] }).Length == 0;

    private static JobFilter WithoutStates(JobFilter filter) => filter with { States = [], Not = filter.Not.RemoveAll(IsOfStates) };

    /// <summary>No state left is nothing found.</summary>
    private static JobFilter WithStates(JobFilter filter, ImmutableArray<JobState> states) =>
        states.Length == Open.Length + Ended.Length ? filter : filter with { States = states.IsEmpty ? [default] : states };
}

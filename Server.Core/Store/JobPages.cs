using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Pages and counts of jobs. Keyset pages; no question reads more than a bounded number of rows before it answers.</summary>
internal sealed class JobPages(TextIndex texts)
{
    /// <summary>Where no index answers, this many rows are looked through in the order of the list.</summary>
    private const int Window = 100_000;

    private readonly Tally _tally = new(TimeProvider.System);

    /// <summary>See <see cref="Tally.Changed"/>.</summary>
    public void JobsChanged() => _tally.Changed();

    public Page<Job> Read(SqliteConnection connection, JobFilter filter)
    {
        var walk = new Walk(connection, filter, JobCursor.Of(filter), filter.Ascending != filter.IsBackwards);
        var read = texts.Find(filter.Texts) is { } hits ? walk.Hits(hits) : walk.Parts();
        return JobCursor.Page(filter, [.. read.Jobs.Select(job => job with { Attempt = HistoryQueries.LastAttempt(connection, job.Id) })], read.Bound, read.Searched);
    }

    public static ImmutableDictionary<JobState, long> CountExactly(SqliteConnection connection, JobFilter filter)
    {
        var sql = new JobSql();
        var where = sql.Where(filter);
        string Half(int ended) => $"SELECT state, count(*) FROM jobs WHERE ended = {ended}{(where.Length == 0 ? "" : $" AND {where}")} GROUP BY state";
        return ByState(HistoryQueries.All(connection, $"{Half(0)} UNION ALL {Half(1)}", StateAndCount, sql.Values));
    }

    public JobCount Count(SqliteConnection connection, JobFilter filter, bool exactly)
    {
        if (JobParts.IsTally(filter))
        {
            var states = JobParts.States(filter);
            var (rows, isOld) = _tally.Read(connection, exactly);
            return new JobCount(
                ByState(rows
                    .Where(row => states.Contains(row.State) && (filter.JobTypes.IsEmpty || filter.JobTypes.Contains(row.JobType)))
                    .Select(row => (row.State, row.Count))),
                !isOld)
            {
                IsOld = isOld,
            };
        }

        if (filter.Order == JobOrder.Completed)
        {
            // What the list leaves out is not counted either.
            filter = filter with { States = JobParts.States(filter) };
            if (filter.States.IsEmpty)
            {
                return new JobCount(ImmutableDictionary<JobState, long>.Empty, true);
            }
        }

        var walk = new Walk(connection, filter with { Order = JobOrder.Created, Ascending = false, After = null, Before = null }, null, false);
        return texts.Find(filter.Texts) is { } hits ? walk.CountHits(hits)
            : exactly ? new JobCount(CountExactly(connection, filter), true)
            : walk.Count();
    }

    public ImmutableArray<JobTally> Tallies(SqliteConnection connection) => _tally.Read(connection, exactly: false).Rows;

    private static (JobState State, long Count) StateAndCount(SqliteDataReader row) => ((JobState)row.GetInt32(0), row.GetInt64(1));

    private static ImmutableDictionary<JobState, long> ByState(IEnumerable<(JobState State, long Count)> counts) =>
        counts.GroupBy(count => count.State).ToImmutableDictionary(group => group.Key, group => group.Sum(count => count.Count));

    /// <summary>What was read, and, when not all was looked through, how far.</summary>
    private sealed record Reading(ImmutableArray<Job> Jobs, JobCursor? Bound, int? Searched);

    /// <summary>One walk along a list, in one direction.</summary>
    private sealed class Walk(SqliteConnection connection, JobFilter filter, JobCursor? start, bool ascending)
    {
        private readonly string _order = JobSql.OrderBy(filter.Order, ascending);

        public Reading Parts()
        {
            var parts = JobParts.Of(filter);
            var bounds = parts.IsWhole ? [] : parts.Parts.Select(Bound).OfType<JobCursor>().ToList();
            var bound = ascending == filter.Ascending ? bounds.Min() : bounds.Max();
            var jobs = Rows(parts.Parts.Select(part => (part, parts.Rest)), bound);
            return new Reading(jobs, bound, bound is null ? null : Window * bounds.Count);
        }

        /// <summary>Jobs the index of texts names, those it does not have yet, and the open ones, which it never has.</summary>
        public Reading Hits(TextHits hits)
        {
            var behind = Behind(hits);
            return new Reading(Rows(HitParts(hits, behind).Select(part => (part, filter)), null), null, behind is null ? null : Window);
        }

        public JobCount CountHits(TextHits hits)
        {
            var behind = Behind(hits);
            return new JobCount(ByState(HitParts(hits, behind).SelectMany(part => CountOf(part, filter, null))), behind is null);
        }

        public JobCount Count()
        {
            var parts = JobParts.Of(filter);
            var exact = true;
            var counts = new List<(JobState, long)>();
            foreach (var part in parts.Parts)
            {
                var bound = Bound(part);
                var factor = bound is null ? 1 : (double)Length(part) / Window;
                exact &= bound is null;
                counts.AddRange(CountOf(part, parts.Rest, bound).Select(count => (count.State, (long)Math.Round(count.Count * factor))));
            }

            return new JobCount(ByState(counts), exact);
        }

        /// <summary>The place up to which a part is looked through; null: to its end.</summary>
        private JobCursor? Bound(JobPart part)
        {
            if (!part.IsOrdered)
            {
                return null;
            }

            var sql = new JobSql();
            var where = And(part.Where(sql), start is null ? "" : sql.Beyond(start, ascending));
            var column = JobSql.Column(filter.Order);
            return HistoryQueries.All(
                connection,
                $"SELECT {column}, id FROM {part.From} WHERE {where} ORDER BY {_order} LIMIT 1 OFFSET {Window - 1}",
                row => new JobCursor(filter.Order, filter.Ascending, row.GetInt64(0), new JobId(row.GetString(1))),
                sql.Values).FirstOrDefault();
        }

        /// <summary>The newest of those that the index has not taken in yet, when they are too many; else null.</summary>
        private long? Behind(TextHits hits) => HistoryQueries.All(
            connection,
            $"SELECT updated FROM jobs INDEXED BY jobs_updated WHERE ended = 1 AND updated > $1 ORDER BY updated DESC LIMIT 1 OFFSET {Window - 1}",
            row => (long?)row.GetInt64(0),
            hits.Until).FirstOrDefault();

        private static IEnumerable<JobPart> HitParts(TextHits hits, long? behind) =>
        [
            new(null, sql => $"ended = 1 AND updated <= {sql.Place(hits.Until)} AND id IN (SELECT value FROM json_each({sql.Place(System.Text.Json.JsonSerializer.Serialize(hits.Ids))}))", false),
            new("jobs_updated", sql => $"ended = 1 AND updated > {sql.Place(behind ?? hits.Until)}", false),
            new("jobs_open", _ => "ended = 0", false),
        ];

        private ImmutableArray<Job> Rows(IEnumerable<(JobPart Part, JobFilter Left)> parts, JobCursor? bound)
        {
            var sql = new JobSql();
            var selects = parts.Select(pair =>
            {
                var where = And(
                    pair.Part.Where(sql),
                    start is null ? "" : sql.Beyond(start, ascending),
                    bound is null ? "" : sql.Beyond(bound, !ascending, included: true),
                    filter.Order == JobOrder.Completed ? "ended = 1" : "",
                    sql.Where(pair.Left));
                return $"SELECT * FROM (SELECT {Store.Rows.JobColumns} FROM {pair.Part.From} WHERE {where} ORDER BY {_order} LIMIT {filter.Limit + 1})";
            }).ToList();
            return selects.Count == 0
                ? []
                : HistoryQueries.All(connection, $"{string.Join(" UNION ALL ", selects)} ORDER BY {_order} LIMIT {filter.Limit + 1}", row => Store.Rows.Job(row, null), sql.Values);
        }

        private ImmutableArray<(JobState State, long Count)> CountOf(JobPart part, JobFilter rest, JobCursor? bound)
        {
            var sql = new JobSql();
            var where = And(part.Where(sql), bound is null ? "" : sql.Beyond(bound, !ascending, included: true), sql.Where(rest));
            return HistoryQueries.All(connection, $"SELECT state, count(*) FROM {part.From} WHERE {where} GROUP BY state", StateAndCount, sql.Values);
        }

        private long Length(JobPart part)
        {
            var sql = new JobSql();
            return HistoryQueries.All(connection, $"SELECT count(*) FROM {part.From} WHERE {part.Where(sql)}", row => row.GetInt64(0), sql.Values)[0];
        }

        private static string And(params IEnumerable<string> conditions) => string.Join(" AND ", conditions.Where(condition => condition.Length > 0));
    }
}

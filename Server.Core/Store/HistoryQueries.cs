using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Short reads on connections of their own, a few of which are kept for the next reader. Keyset pages, never offsets.</summary>
internal sealed class HistoryQueries(string path, TextIndex texts, SealedValues secrets) : IAdminHistory, IDisposable
{
    private const int ConnectionsKept = 8;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly JobPages _pages = new(texts);

    public JobPayload? ReadPayload(JobId job) => Use(connection => Payload(connection, job));

    public Task<Job?> SubmittedAsync(SubmitKey key, CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            var found = All(
                connection,
                $"SELECT {Rows.JobColumns} FROM jobs INDEXED BY jobs_idem WHERE submitted_by = $1 AND idem_key = $2 AND idem_key IS NOT NULL ORDER BY created DESC LIMIT 1",
                row => Rows.Job(row, null),
                key.Caller,
                key.Key);
            return found.IsEmpty ? null : found[0] with { Attempt = LastAttempt(connection, found[0].Id) };
        },
        cancellationToken);

    public Task<ImmutableArray<Job>> GroupAsync(string group, CancellationToken cancellationToken) => ReadAsync(
        connection => All(
            connection,
            $"SELECT {string.Join(", ", Rows.JobColumns.Split(", ").Select(column => $"j.{column}"))}, {string.Join(", ", Rows.AttemptColumns.Split(", ").Select(column => $"a.{column}"))} "
            + "FROM jobs j INDEXED BY jobs_group LEFT JOIN attempts a ON a.job = j.id AND a.sequence = (SELECT max(sequence) FROM attempts WHERE job = j.id) "
            + "WHERE j.group_id = $1 AND j.group_id IS NOT NULL ORDER BY j.group_index",
            row => Rows.Job(row, row.IsDBNull(Rows.JobColumnCount) ? null : Rows.Attempt(row, Rows.JobColumnCount)),
            group),
        cancellationToken);

    public Task<JobRecord?> JobAsync(JobId job, CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            var attempts = All(connection, $"SELECT {Rows.AttemptColumns} FROM attempts WHERE job = $1 ORDER BY sequence", row => Rows.Attempt(row), job.Value);
            var found = All(connection, $"SELECT {Rows.JobColumns} FROM jobs WHERE id = $1", row => Rows.Job(row, attempts.IsEmpty ? null : attempts[^1]), job.Value);
            if (found.IsEmpty)
            {
                return null;
            }

            var result = All(connection, "SELECT summary, outputs FROM job_results WHERE job = $1", row => new JobResult(row.GetString(0), Rows.Values(row.GetString(1))), job.Value);
            return new JobRecord(found[0], Payload(connection, job) ?? JobPayload.Empty, result.IsEmpty ? null : result[0], attempts);
        },
        cancellationToken);

    public Task<Page<Job>> JobsAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        // A cursor that is none is the caller's mistake, and is said before anything is read.
        _ = JobCursor.Of(filter);
        return ReadAsync(connection => _pages.Read(connection, filter), cancellationToken);
    }

    public Task<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken) => ReadAsync(
        connection => All(connection, "SELECT id FROM jobs WHERE id > $1 ORDER BY id LIMIT $2", row => new JobId(row.GetString(0)), after?.Value ?? "", limit),
        cancellationToken);

    public Task<ImmutableArray<Job>> RunsAsync(string jobType, bool succeeded, int limit, CancellationToken cancellationToken) => ReadAsync(
        connection => succeeded
            ? OfState(connection, jobType, JobState.Succeeded, limit)
            : [.. OfState(connection, jobType, JobState.Failed, limit)
                .Concat(OfState(connection, jobType, JobState.Canceled, limit))
                .OrderByDescending(job => job.UpdatedAt)
                .ThenBy(job => job.Id)
                .Take(limit)],
        cancellationToken);

    public Task<ImmutableArray<Activity>> ActivitiesAsync(ActivityFilter filter, CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            var where = new StringBuilder("1 = 1");
            var values = new List<object>();
            void Add(string condition, object value)
            {
                values.Add(value);
                where.Append(" AND ").Append(condition.Replace("?", $"${values.Count}", StringComparison.Ordinal));
            }

            if (filter.Before is { } before)
            {
                Add("sequence < ?", before);
            }

            if (filter.Job is { } job)
            {
                Add("job = ?", job.Value);
            }

            if (filter.Request is { } request)
            {
                Add("job IS NULL AND request = ?", request.Value);
            }

            if (filter.Worker is { } worker)
            {
                Add("worker = ?", worker.Value);
            }

            if (filter.Text.Length > 0)
            {
                Add("instr(lower(message || char(10) || stage || char(10) || ifnull(job, '') || char(10) || ifnull(worker, '')), lower(?)) > 0", filter.Text);
            }

            if (filter.At.From is { } from)
            {
                Add("at >= ?", from.UtcTicks);
            }

            if (filter.At.Until is { } until)
            {
                Add("at < ?", until.UtcTicks);
            }

            if (filter.Severity > ActivitySeverity.Normal)
            {
                Add("severity >= ?", (int)filter.Severity);
            }

            if (!filter.Sources.IsEmpty)
            {
                where.Append(" AND source IN (").Append(Places(values, filter.Sources)).Append(')');
            }

            if (!filter.JobTypes.IsEmpty)
            {
                where.Append(" AND type IN (").Append(Places(values, filter.JobTypes)).Append(')');
            }

            return All(connection, $"SELECT {Rows.ActivityColumns} FROM activities WHERE {where} ORDER BY sequence DESC LIMIT {filter.Limit}", Rows.Activity, [.. values]);
        },
        cancellationToken);

    public Task<ImmutableArray<ActivityTally>> TallyActivitiesAsync(DateTimeOffset since, long before, CancellationToken cancellationToken) => ReadAsync(
        connection => All(
            connection,
            $"SELECT type, at / {TimeSpan.TicksPerMinute}, count(*) FROM activities WHERE sequence < $1 AND at >= $2 GROUP BY 1, 2",
            row => new ActivityTally(row.GetString(0), new DateTimeOffset(row.GetInt64(1) * TimeSpan.TicksPerMinute, TimeSpan.Zero), row.GetInt32(2)),
            before,
            since.UtcTicks),
        cancellationToken);

    public Task<ImmutableArray<Detection>> DetectionsAsync(IReadOnlyList<string> jobTypes, int limit, CancellationToken cancellationToken, Detection? after = null) => ReadAsync(
        connection =>
        {
            var values = new List<object> { after?.StartedAt.UtcTicks ?? long.MaxValue, after?.Id.Value ?? "" };
            var ofTypes = jobTypes.Count == 0 ? "" : $" AND type IN ({Places(values, jobTypes)})";
            return All(connection, $"SELECT body FROM detections WHERE (started, id) < ($1, $2){ofTypes} ORDER BY started DESC, id DESC LIMIT {limit}", ReadDetection, [.. values]);
        },
        cancellationToken);

    public Task<Detection?> DetectionAsync(RequestId detection, CancellationToken cancellationToken) => ReadAsync(
        connection => All(connection, "SELECT body FROM detections WHERE id = $1", ReadDetection, detection.Value).FirstOrDefault(), cancellationToken);

    public Task<ImmutableArray<ProposalTrace>> ProposalsAsync(RequestId detection, int skip, int take, CancellationToken cancellationToken, IReadOnlyCollection<ProposalOutcome>? only = null) => ReadAsync(
        connection => All(
            connection,
            $"SELECT position, outcome, job, note, body, sealed FROM proposals WHERE detection = $1 AND position >= $2{(only is null or { Count: 0 } ? "" : $" AND outcome IN ({string.Join(',', only.Select(outcome => (int)outcome))})")} ORDER BY position LIMIT $3",
            row => new ProposalTrace(
                row.GetInt32(0), ReadProposal(row), (ProposalOutcome)row.GetInt32(1), row.IsDBNull(2) ? null : new JobId(row.GetString(2)), row.GetString(3)),
            detection.Value,
            skip,
            take),
        cancellationToken);

    public Task<ImmutableArray<ConfigDocument>> ConfigVersionsAsync(string jobType, int limit, CancellationToken cancellationToken, long before = long.MaxValue) => ReadAsync(
        connection => All(connection, $"SELECT {Rows.ConfigColumns} FROM configs WHERE type = $1 AND version < $2 ORDER BY version DESC LIMIT $3", row => Rows.Config(row, secrets), jobType, before, limit), cancellationToken);

    /// <summary>After a commit that changed jobs, before it is told to anybody.</summary>
    public void JobsChanged() => _pages.JobsChanged();

    public Task<ImmutableDictionary<JobState, long>> CountJobsAsync(JobFilter filter, CancellationToken cancellationToken) =>
        ReadAsync(connection => JobPages.CountExactly(connection, filter), cancellationToken);

    public Task<JobCount> CountAsync(JobFilter filter, bool exactly, CancellationToken cancellationToken) =>
        ReadAsync(connection => _pages.Count(connection, filter, exactly), cancellationToken);

    public Task<ImmutableArray<JobTally>> TallyAsync(CancellationToken cancellationToken) => ReadAsync(_pages.Tallies, cancellationToken);

    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    /// <summary>Ended jobs of a type, newest first; on the caller's connection.</summary>
    internal static ImmutableArray<Job> RecentJobs(SqliteConnection connection, string jobType, int limit) =>
        [.. ((JobState[])[JobState.Succeeded, JobState.Failed, JobState.Canceled])
            .SelectMany(state => OfState(connection, jobType, state, limit))
            .OrderByDescending(job => job.UpdatedAt)
            .ThenBy(job => job.Id)
            .Take(limit)];

    private static ImmutableArray<Job> OfState(SqliteConnection connection, string jobType, JobState state, int limit) =>
    [
        .. All(
            connection,
            $"SELECT {Rows.JobColumns} FROM jobs INDEXED BY jobs_type_state WHERE ended = 1 AND type = $1 AND state = $2 ORDER BY updated DESC, id LIMIT $3",
            row => Rows.Job(row, null),
            jobType,
            (int)state,
            limit).Select(job => job with { Attempt = LastAttempt(connection, job.Id) }),
    ];

    internal static Attempt? LastAttempt(SqliteConnection connection, JobId job) =>
        All(connection, $"SELECT {Rows.AttemptColumns} FROM attempts WHERE job = $1 ORDER BY sequence DESC LIMIT 1", row => Rows.Attempt(row), job.Value) is { IsEmpty: false } found ? found[0] : null;

    private static Detection ReadDetection(SqliteDataReader row) => Bodies.Read<Detection>(row.GetString(0));

    private Proposal ReadProposal(SqliteDataReader row)
    {
        var proposal = Bodies.Read<Proposal>(row.GetString(4));
        return row.IsDBNull(5) ? proposal : proposal with { Parameters = secrets.Open(proposal.JobType, FormKind.Submission, proposal.Parameters, row.GetString(5)) };
    }

    private JobPayload? Payload(SqliteConnection connection, JobId job) => All(
        connection,
        "SELECT detail, parameters, sealed, CASE WHEN sealed IS NOT NULL THEN (SELECT type FROM jobs WHERE id = job) END FROM job_payloads WHERE job = $1",
        row =>
        {
            var payload = new JobPayload(row.GetString(0), Rows.Values(row.GetString(1)));
            if (row.IsDBNull(2) || row.IsDBNull(3))
            {
                return payload;
            }

            var lost = ImmutableArray.CreateBuilder<string>();
            return payload with { Parameters = secrets.Open(row.GetString(3), FormKind.Submission, payload.Parameters, row.GetString(2), lost.Add), LostSecrets = lost.ToImmutable() };
        },
        job.Value).FirstOrDefault();

    private static string Places<T>(List<object> values, IReadOnlyList<T> wanted)
        where T : notnull
    {
        var places = new List<string>();
        foreach (var value in wanted)
        {
            values.Add(value);
            places.Add($"${values.Count}");
        }

        return string.Join(", ", places);
    }

    internal static ImmutableArray<T> All<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var n = 0; n < values.Length; n++)
        {
            command.Parameters.AddWithValue($"${n + 1}", values[n]);
        }

        using var rows = command.ExecuteReader();
        var all = ImmutableArray.CreateBuilder<T>();
        while (rows.Read())
        {
            all.Add(read(rows));
        }

        return all.ToImmutable();
    }

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) => Task.Run(() => Use(read), cancellationToken);

    private T Use<T>(Func<SqliteConnection, T> read)
    {
        if (!_idle.TryTake(out var connection))
        {
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 }.ToString());
            connection.Open();
        }

        T result;
        try
        {
            // One transaction, so that all parts of an answer belong to the same commit.
            using var snapshot = connection.BeginTransaction(deferred: true);
            result = read(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        if (_idle.Count < ConnectionsKept)
        {
            _idle.Add(connection);
        }
        else
        {
            connection.Dispose();
        }

        return result;
    }
}

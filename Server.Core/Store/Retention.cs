using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Deletes what nobody keeps any more, a bounded number of rows at a time: never open jobs, never the last successes and errors of a type.</summary>
internal sealed class Retention : IDisposable
{
    /// <summary>A detection brings thousands of proposals with it.</summary>
    private const int Detections = 5;

    /// <summary>Successes and errors are kept apart.</summary>
    private static readonly JobState[][] Outcomes = [[JobState.Succeeded], [JobState.Failed, JobState.Canceled]];

    private static readonly string[] OfJob =
        ["DELETE FROM jobs WHERE id = $1", "DELETE FROM job_payloads WHERE job = $1", "DELETE FROM job_results WHERE job = $1", "DELETE FROM attempts WHERE job = $1"];

    private static readonly string[] OfDetection = ["DELETE FROM detections WHERE id = $1", "DELETE FROM proposals WHERE detection = $1"];

    private readonly SqliteConnection _connection;
    private readonly Statement _activities;
    private readonly Statement[] _jobs;
    private readonly Statement[] _detections;
    private readonly Statement _configs;

    public Retention(SqliteConnection connection)
    {
        _connection = connection;
        _activities = new Statement(
            connection, $"DELETE FROM activities WHERE sequence IN (SELECT sequence FROM activities WHERE sequence <= (SELECT max(sequence) FROM activities) - $1 ORDER BY sequence LIMIT {RetentionLimits.Batch})");
        _jobs = [.. OfJob.Select(sql => new Statement(connection, sql))];
        _detections = [.. OfDetection.Select(sql => new Statement(connection, sql))];
        _configs = new Statement(connection, "DELETE FROM configs WHERE type = $1 AND version <= (SELECT max(version) FROM configs WHERE type = $1) - $2");
    }

    /// <summary>Returns the jobs that are deleted.</summary>
    public List<JobId> Prune(SqliteTransaction transaction, RetentionLimits limits, DateTimeOffset now)
    {
        var gone = new List<JobId>();
        _activities.Run(limits.Activities);
        foreach (var outcome in Outcomes)
        {
            foreach (var state in outcome)
            {
                foreach (var id in Texts(transaction, Old(state, outcome), (now - limits.Jobs).UtcTicks, limits.RunsKept, (now - RetentionLimits.KeysKept).UtcTicks))
                {
                    Delete(_jobs, id);
                    gone.Add(new JobId(id));
                }
            }
        }

        foreach (var type in Texts(transaction, "SELECT DISTINCT type FROM detections"))
        {
            foreach (var id in Texts(
                transaction,
                $"SELECT id FROM detections WHERE type = $1 AND settled IS NOT NULL ORDER BY started DESC LIMIT {Detections} OFFSET $2",
                type,
                Math.Max(1, limits.DetectionsPerJobType)))
            {
                Delete(_detections, id);
            }
        }

        foreach (var type in Texts(transaction, "SELECT DISTINCT type FROM configs"))
        {
            _configs.Run(type, Math.Max(1, limits.ConfigVersions));
        }

        return gone;
    }

    public void Dispose()
    {
        foreach (var statement in _jobs.Concat(_detections).Append(_activities).Append(_configs))
        {
            statement.Dispose();
        }
    }

    /// <summary>
    /// Oldest first by index, so that nothing is walked when nothing is old; without those that have too few newer ones
    /// of their type and outcome, counted no further than needed.
    /// </summary>
    private static string Old(JobState state, JobState[] outcome) =>
        $"SELECT id FROM jobs WHERE ended = 1 AND state = {(int)state} AND updated < $1 AND (idem_key IS NULL OR updated < $3) AND (SELECT count(*) FROM (SELECT 1 FROM jobs newer WHERE newer.ended = 1 AND newer.type = jobs.type "
        + $"AND newer.state IN ({string.Join(", ", outcome.Select(one => (int)one))}) AND newer.updated > jobs.updated LIMIT $2)) >= $2 ORDER BY updated LIMIT {RetentionLimits.Batch}";

    private static void Delete(Statement[] statements, string id)
    {
        foreach (var statement in statements)
        {
            statement.Run(id);
        }
    }

    private List<string> Texts(SqliteTransaction transaction, string sql, params ReadOnlySpan<object> values)
    {
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var n = 0; n < values.Length; n++)
        {
            command.Parameters.AddWithValue($"${n + 1}", values[n]);
        }

        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }
}

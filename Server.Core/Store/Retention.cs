using BlazorPluginAdmin.Server.Core.Engine;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Deletes what nobody keeps any more, a bounded number of rows at a time: never open jobs, never the last successes and errors of a type.</summary>
internal sealed class Retention : IDisposable
{
    private const int Batch = 500;

    /// <summary>How many newer jobs of the same type and outcome there are, counted no further than needed.</summary>
    private const string Rank =
        "(SELECT count(*) FROM (SELECT 1 FROM jobs newer WHERE newer.type = jobs.type AND newer.ended = 1 AND (newer.state = 4) = (jobs.state = 4) AND newer.updated > jobs.updated LIMIT 100))";

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
            connection, $"DELETE FROM activities WHERE sequence IN (SELECT sequence FROM activities WHERE sequence <= (SELECT max(sequence) FROM activities) - $1 ORDER BY sequence LIMIT {Batch})");
        _jobs = [.. OfJob.Select(sql => new Statement(connection, sql))];
        _detections = [.. OfDetection.Select(sql => new Statement(connection, sql))];
        _configs = new Statement(connection, "DELETE FROM configs WHERE type = $1 AND version <= (SELECT max(version) FROM configs WHERE type = $1) - $2");
    }

    public void Prune(SqliteTransaction transaction, RetentionLimits limits, DateTimeOffset now)
    {
        _activities.Run(limits.Activities);
        // Oldest first by index: when nothing is old, nothing is walked.
        var old = Texts(transaction, $"SELECT id FROM jobs WHERE updated < $1 AND ended = 1 AND {Rank} >= $2 ORDER BY updated LIMIT {Batch}", (now - limits.Jobs).UtcTicks, limits.RunsKept);
        foreach (var id in old)
        {
            Delete(_jobs, id);
        }

        foreach (var type in Texts(transaction, "SELECT DISTINCT type FROM detections"))
        {
            foreach (var id in Texts(
                transaction,
                $"SELECT id FROM detections WHERE type = $1 AND settled IS NOT NULL ORDER BY started DESC LIMIT {Batch} OFFSET $2",
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
    }

    public void Dispose()
    {
        foreach (var statement in _jobs.Concat(_detections).Append(_activities).Append(_configs))
        {
            statement.Dispose();
        }
    }

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

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// One file, one write connection, one transaction per commit: WAL with an fsync at each commit. The connection is opened
/// by <see cref="Load"/> and belongs to that thread. A file that is damaged, newer or not ours is refused and left as it is.
/// </summary>
public sealed class SqliteAdminStore : IAdminStore
{
    private const int Full = 13;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int RecentJobs = 100;
    private const int RecentDetections = 50;

    private readonly string _path;
    private readonly HistoryQueries _history;
    private SqliteConnection? _connection;
    private CommitWriter? _writer;
    private int _thread;

    public SqliteAdminStore(string path)
    {
        _path = path;
        _history = new HistoryQueries(path);
    }

    public IAdminHistory History => _history;

    public StoredState Load()
    {
        _thread = Environment.CurrentManagedThreadId;
        StoreFile.Check(_path);
        try
        {
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 5 }.ToString());
            _connection.Open();
            Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 2000");
            StoreFile.Migrate(_connection, _path);
            _writer = new CommitWriter(_connection, Number("SELECT coalesce(max(sequence), 0) FROM attempts"));
            return new StoredState(OpenJobs(), Workers(), JobTypes(), OpenDetections(), Counters());
        }
        catch (SqliteException exception)
        {
            throw StoreFile.Refused(_path, $"it cannot be read ({exception.Message})", exception);
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException or InvalidCastException)
        {
            throw StoreFile.Refused(_path, $"a row cannot be understood ({exception.Message})", exception);
        }
    }

    public void Commit(IReadOnlyList<Change> changes)
    {
        if (_thread != Environment.CurrentManagedThreadId || _connection is null)
        {
            throw new InvalidOperationException("the store's write connection belongs to the thread that loaded it");
        }

        try
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            foreach (var change in changes)
            {
                _writer!.Write(transaction, change);
            }

            transaction.Commit();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is Full or Busy or Locked)
        {
            // Rolled back by the dispose above: known not done.
            throw new StoreUnavailableException(
                exception.SqliteErrorCode == Full ? $"the disk of {_path} is full" : $"{_path} is locked by another program", exception);
        }
    }

    /// <summary>Lets the file grow to so many pages and no further: how tests make a disk full. Returns the pages it has.</summary>
    internal long LimitPages(long most)
    {
        var now = Number("PRAGMA page_count");
        Run($"PRAGMA max_page_count = {Math.Max(most, now)}");
        return now;
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _connection?.Dispose();
        _history.Dispose();
    }

    private ImmutableArray<Job> OpenJobs()
    {
        using var command = Query(
            $"SELECT {Prefixed("j", Rows.JobColumns)}, {Prefixed("a", Rows.AttemptColumns)} FROM jobs j LEFT JOIN attempts a ON a.job = j.id "
            + "AND a.sequence = (SELECT max(sequence) FROM attempts WHERE job = j.id) WHERE j.ended = 0 ORDER BY j.created, j.id");
        using var rows = command.ExecuteReader();
        var jobs = ImmutableArray.CreateBuilder<Job>();
        while (rows.Read())
        {
            jobs.Add(Rows.Job(rows, rows.IsDBNull(30) ? null : Rows.Attempt(rows, 30)));
        }

        return jobs.ToImmutable();
    }

    private ImmutableArray<Worker> Workers() => All("SELECT body FROM workers ORDER BY id", rows => Bodies.Read<Worker>(rows.GetString(0)));

    private ImmutableArray<Detection> OpenDetections() => All("SELECT body FROM detections WHERE settled IS NULL ORDER BY started", rows => Bodies.Read<Detection>(rows.GetString(0)));

    private ImmutableDictionary<string, long> Counters() =>
        All("SELECT name, value FROM counters", rows => KeyValuePair.Create(rows.GetString(0), rows.GetInt64(1))).ToImmutableDictionary();

    private ImmutableArray<StoredJobType> JobTypes()
    {
        var descriptors = All("SELECT body FROM descriptors", rows => DescriptorJson.Parse(rows.GetString(0))).ToDictionary(descriptor => descriptor.JobType);
        var configs = All($"SELECT {Rows.ConfigColumns} FROM configs c WHERE version = (SELECT max(version) FROM configs WHERE type = c.type)", Rows.Config).ToDictionary(config => config.JobType);
        var schedules = All("SELECT type, body FROM schedules", rows => (Type: rows.GetString(0), Row: Bodies.Read<ScheduleRow>(rows.GetString(1)))).ToDictionary(pair => pair.Type, pair => pair.Row);
        var names = descriptors.Keys.Concat(configs.Keys).Concat(schedules.Keys).Concat(All("SELECT type FROM jobs WHERE ended = 0 UNION SELECT type FROM jobs WHERE ended = 1", rows => rows.GetString(0))).Distinct().Order(StringComparer.Ordinal);
        return
        [
            .. names.Select(name => new StoredJobType(
                name,
                descriptors.GetValueOrDefault(name),
                configs.GetValueOrDefault(name),
                schedules.GetValueOrDefault(name),
                HistoryQueries.RecentJobs(_connection!, name, RecentJobs),
                All(
                    $"SELECT body FROM detections WHERE type = $1 AND settled IS NOT NULL ORDER BY started DESC LIMIT {RecentDetections}",
                    rows => Bodies.Read<Detection>(rows.GetString(0)),
                    name))),
        ];
    }

    private static string Prefixed(string table, string columns) => string.Join(", ", columns.Split(", ").Select(column => $"{table}.{column}"));

    private ImmutableArray<T> All<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object> values)
    {
        using var command = Query(sql, values);
        using var rows = command.ExecuteReader();
        var all = ImmutableArray.CreateBuilder<T>();
        while (rows.Read())
        {
            all.Add(read(rows));
        }

        return all.ToImmutable();
    }

    private SqliteCommand Query(string sql, params ReadOnlySpan<object> values)
    {
        var command = _connection!.CreateCommand();
        command.CommandText = sql;
        for (var n = 0; n < values.Length; n++)
        {
            command.Parameters.AddWithValue($"${n + 1}", values[n]);
        }

        return command;
    }

    private long Number(string sql)
    {
        using var command = Query(sql);
        return (long)command.ExecuteScalar()!;
    }

    private void Run(string sql)
    {
        using var command = Query(sql);
        command.ExecuteNonQuery();
    }
}

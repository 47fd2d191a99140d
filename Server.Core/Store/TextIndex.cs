using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Ended jobs that hold a text; those that ended later than <see cref="Until"/> were not asked.</summary>
internal sealed record TextHits(ImmutableArray<string> Ids, long Until);

/// <summary>
/// Every three letters of id, summary and error of the ended jobs, in a file of its own beside the store. It follows the store on
/// a thread of its own that rests nine times as long as it works, so that it never holds up a commit; until it has
/// taken a job in, that job is found by looking at it. It can be made anew at any time: a file that cannot be read is.
/// </summary>
internal sealed class TextIndex : IDisposable
{
    /// <summary>More hits than this: looking along the list finds a page of them sooner.</summary>
    public const int MostHits = 2_000;

    private const int Shortest = 3;
    private const int Batch = 1_000;
    private const int Rest = 9;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _store;
    private readonly string _file;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _reading = new();
    private Thread? _thread;
    private SqliteConnection? _reader;
    private volatile bool _usable;

    public TextIndex(string store)
    {
        _store = store;
        _file = store + "-search";
    }

    /// <summary>Begins to follow the store, whose tables stand.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "text index", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>Null: the index is of no use for these texts, or is not there.</summary>
    public TextHits? Find(ImmutableArray<string> texts)
    {
        var long_ = texts.Where(text => text.Length >= Shortest).ToList();
        if (long_.Count == 0 || !_usable)
        {
            return null;
        }

        // One question at a time: each is short, and SQLite answers one per connection.
        lock (_reading)
        {
            return FindLocked(string.Join(" AND ", long_.Select(text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        }
    }

    public void Dispose()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        _stop.Cancel();
        _thread?.Join();
        lock (_reading)
        {
            _reader?.Dispose();
            _reader = null;
            _usable = false;
        }

        _stop.Dispose();
    }

    private TextHits? FindLocked(string match)
    {
        if (!_usable)
        {
            return null;
        }

        try
        {
            _reader ??= Open(_file, SqliteOpenMode.ReadOnly);
            using var snapshot = _reader.BeginTransaction(deferred: true);
            var until = HistoryQueries.All(_reader, "SELECT updated FROM follows", row => row.GetInt64(0))[0];
            var ids = HistoryQueries.All(
                _reader, $"SELECT id FROM docs WHERE n IN (SELECT rowid FROM texts WHERE texts MATCH $1 LIMIT {MostHits + 1})", row => row.GetString(0), match);
            return ids.Length > MostHits ? null : new TextHits(ids, until);
        }
        catch (SqliteException)
        {
            // Its thread finds out what is wrong with it; meanwhile the list is looked through.
            return null;
        }
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var store = Open(_store, SqliteOpenMode.ReadOnly);
                using var index = Open(_file, SqliteOpenMode.ReadWriteCreate);
                Prepare(index);
                StoreFile.Protect(_file);
                _usable = true;
                Follow(store, index);
            }
            catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
            {
                _usable = false;
                if (exception is SqliteException { SqliteErrorCode: 11 or 26 or 1 })
                {
                    Discard();
                }

                _stop.Token.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private void Follow(SqliteConnection store, SqliteConnection index)
    {
        var sweep = 0L;
        while (!_stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var taken = TakeIn(store, index);
            if (taken == 0)
            {
                sweep = Sweep(store, index, sweep);
            }

            var worked = Stopwatch.GetElapsedTime(started);
            _stop.Token.WaitHandle.WaitOne(taken == Batch ? worked * Rest : Pause + (worked * Rest));
        }
    }

    private static void Prepare(SqliteConnection index) => Run(
        index,
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS follows (updated INTEGER NOT NULL, id TEXT NOT NULL);
        INSERT INTO follows SELECT 0, '' WHERE NOT EXISTS (SELECT 1 FROM follows);
        CREATE TABLE IF NOT EXISTS docs (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
        CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'trigram');
        """);

    /// <summary>The next jobs that ended, in the order they did.</summary>
    private static int TakeIn(SqliteConnection store, SqliteConnection index)
    {
        var (updated, id) = HistoryQueries.All(index, "SELECT updated, id FROM follows", row => (row.GetInt64(0), row.GetString(1)))[0];
        var jobs = HistoryQueries.All(
            store,
            $"SELECT id, updated, id || char(10) || summary || char(10) || substr(error, 1, {JobSql.SearchedError}) FROM jobs INDEXED BY jobs_updated "
            + $"WHERE ended = 1 AND updated >= $1 AND (updated > $1 OR id < $2 OR $2 = '') ORDER BY updated, id DESC LIMIT {Batch}",
            row => (Id: row.GetString(0), Updated: row.GetInt64(1), Text: row.GetString(2)),
            updated,
            id);
        if (jobs.IsEmpty)
        {
            return 0;
        }

        using var transaction = index.BeginTransaction();
        using var doc = new Statement(index, "INSERT OR REPLACE INTO docs (id) VALUES ($1)");
        using var text = new Statement(index, "INSERT INTO texts (rowid, text) VALUES (last_insert_rowid(), $1)");
        foreach (var job in jobs)
        {
            doc.Run(job.Id);
            text.Run(job.Text);
        }

        using var follows = new Statement(index, "UPDATE follows SET updated = $1, id = $2");
        follows.Run(jobs[^1].Updated, jobs[^1].Id);
        transaction.Commit();
        return jobs.Length;
    }

    /// <summary>Takes out what the store no longer keeps, a stretch at a time, round and round.</summary>
    private static long Sweep(SqliteConnection store, SqliteConnection index, long after)
    {
        var docs = HistoryQueries.All(index, $"SELECT n, id FROM docs WHERE n > $1 ORDER BY n LIMIT {Batch}", row => (N: row.GetInt64(0), Id: row.GetString(1)), after);
        if (docs.IsEmpty)
        {
            return 0;
        }

        var kept = HistoryQueries.All(
            store, "SELECT id FROM jobs WHERE id IN (SELECT value FROM json_each($1))", row => row.GetString(0), System.Text.Json.JsonSerializer.Serialize(docs.Select(doc => doc.Id))).ToHashSet();
        var gone = docs.Where(doc => !kept.Contains(doc.Id)).ToList();
        if (gone.Count > 0)
        {
            using var transaction = index.BeginTransaction();
            using var text = new Statement(index, "DELETE FROM texts WHERE rowid = $1");
            using var doc = new Statement(index, "DELETE FROM docs WHERE n = $1");
            foreach (var (n, _) in gone)
            {
                text.Run(n);
                doc.Run(n);
            }

            transaction.Commit();
        }

        return docs[^1].N;
    }

    private void Discard()
    {
        lock (_reading)
        {
            _reader?.Dispose();
            _reader = null;
            foreach (var file in (string[])[_file, _file + "-wal", _file + "-shm"])
            {
                File.Delete(file);
            }
        }
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

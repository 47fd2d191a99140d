using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;
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
    private const int Corrupt = 11;

    private readonly string _path;
    private readonly HistoryQueries _history;
    private readonly TextIndex _texts;
    private readonly SealedValues _secrets;
    private SqliteConnection? _connection;
    private CommitWriter? _writer;
    private int _thread;
    private bool _written;

    /// <param name="secrets">Seals what forms call a secret; null: it is written as it is, and what is sealed does not open.</param>
    public SqliteAdminStore(string path, ISecretBox? secrets = null)
    {
        _path = path;
        _secrets = new SealedValues(secrets);
        _texts = new TextIndex(path);
        _history = new HistoryQueries(path, _texts, _secrets);
    }

    public IAdminHistory History => _history;

    public event Action<IReadOnlyCollection<JobId>>? JobsGone;

    public StoredState Load()
    {
        _thread = Environment.CurrentManagedThreadId;
        var isCurrent = StoreFile.Check(_path);
        try
        {
            // A file that is to be refused must not have been opened for writing: closing it would already change it.
            var stored = isCurrent ? StoredRows.Read(_path, _secrets) : null;
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 5 }.ToString());
            _connection.Open();
            Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 2000");
            StoreFile.Migrate(_connection, _path);
            _writer = new CommitWriter(_connection, _secrets, Number("SELECT coalesce(max(sequence), 0) FROM attempts"));
            stored ??= StoredRows.Read(_path, _secrets);
            SealConfigs(stored);
            _texts.Start();
            return stored;
        }
        catch (SqliteException exception)
        {
            throw StoreFile.Refused(_path, $"it cannot be read ({exception.Message})", exception);
        }
        catch (StoreUnavailableException exception)
        {
            throw StoreFile.Refused(_path, exception.Message, exception);
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
            _writer!.Gone.Clear();
            foreach (var change in changes)
            {
                _writer.Write(transaction, change);
            }

            transaction.Commit();
            _written = true;
            if (changes.Any(change => change is Change.JobSaved or Change.JobForgotten or Change.JobTypeForgotten or Change.Pruned))
            {
                _history.JobsChanged();
            }

            if (_writer.Gone.Count > 0)
            {
                JobsGone?.Invoke([.. _writer.Gone]);
            }
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Corrupt && !_written)
        {
            // Rolled back, and the first commit of this process: the file is as it was found. Later it would not be, and the process ends.
            throw StoreFile.Refused(_path, $"it is damaged ({exception.Message})", exception);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is Full or Busy or Locked)
        {
            // Rolled back by the dispose above: known not done.
            throw new StoreUnavailableException(
                exception.SqliteErrorCode == Full ? $"the disk of {_path} is full" : $"{_path} is locked by another program", exception);
        }
    }

    public void CopyTo(string file, Action<double> copied, CancellationToken cancellationToken)
    {
        try
        {
            StoreCopy.Write(_path, file, copied, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw new StoreUnavailableException(exception.SqliteErrorCode == Full ? $"the disk of {file} is full" : $"{_path} could not be copied ({exception.Message})", exception);
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
        // Readers first: the last to leave takes the log into the file, and only a writer can.
        _texts.Dispose();
        _history.Dispose();
        _writer?.Dispose();
        _connection?.Dispose();
    }

    private void SealConfigs(StoredState stored)
    {
        var types = stored.JobTypes.Where(type => type.Descriptor is { } descriptor && _secrets.Learn(descriptor)).ToList();
        if (types.Count == 0)
        {
            return;
        }

        // What a sealed value stood in the place of is overwritten.
        Run("PRAGMA secure_delete = ON");
        using (var transaction = _connection!.BeginTransaction(deferred: false))
        {
            var sealing = new ConfigSealing(_connection, _secrets);
            types.ForEach(type => sealing.Run(type.Name));
            transaction.Commit();
        }

        Run("PRAGMA secure_delete = OFF");
    }

    private long Number(string sql)
    {
        using var command = Command(sql);
        return (long)command.ExecuteScalar()!;
    }

    private void Run(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection!.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}

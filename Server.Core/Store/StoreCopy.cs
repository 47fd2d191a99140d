using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>A consistent copy of a store that is in use, by SQLite's own backup on a connection of its own.</summary>
internal static class StoreCopy
{
    /// <summary>Pages copied between two looks at the time: 2 MiB.</summary>
    private const int Stretch = 512;

    /// <param name="copied">Told after each stretch: 0 to 1.</param>
    public static void Write(string from, string to, Action<double> copied, CancellationToken cancellationToken)
    {
        using var source = Open(from, SqliteOpenMode.ReadOnly);
        using var target = Open(to, SqliteOpenMode.ReadWriteCreate);
        StoreFile.Protect(to);
        // One read transaction all along: commits meanwhile neither show in the copy nor make it begin again.
        using var snapshot = source.BeginTransaction(deferred: true);
        using (var first = source.CreateCommand())
        {
            first.CommandText = "SELECT count(*) FROM sqlite_master";
            first.ExecuteScalar();
        }

        using (var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main"))
        {
            int result;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                result = raw.sqlite3_backup_step(backup, Stretch);
                var pages = raw.sqlite3_backup_pagecount(backup);
                copied(pages == 0 ? 0 : 1 - (raw.sqlite3_backup_remaining(backup) / (double)pages));
            }
            while (result == raw.SQLITE_OK);
            SqliteException.ThrowExceptionForRC(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result, target.Handle);
        }

        // One file that needs no other beside it, wherever it is carried.
        using var alone = target.CreateCommand();
        alone.CommandText = "PRAGMA journal_mode = DELETE";
        alone.ExecuteScalar();
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        connection.Open();
        return connection;
    }
}

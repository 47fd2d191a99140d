using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Whether a file may be opened for writing, and its way to the newest schema.</summary>
internal static class StoreFile
{
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("SQLite format 3\0");

    /// <summary>Looks at a file without changing it; read-only, so that even the write-ahead log stays as it is.</summary>
    /// <returns>True when it has the newest schema; false when steps are missing, or all of it.</returns>
    /// <exception cref="StoreRefusedException">Not a database, not ours, newer, or damaged.</exception>
    public static bool Check(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0)
        {
            if (new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
            {
                throw Refused(path, "it is empty or gone while its write-ahead log is not");
            }

            return false;
        }

        var head = new byte[100];
        using (var stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            {
                throw Refused(path, "it is not an SQLite database");
            }
        }

        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            var (application, version) = ((int)Scalar(connection, "PRAGMA application_id"), (int)Scalar(connection, "PRAGMA user_version"));
            if (application == 0 && version == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_master") == 0)
            {
                // A first start that was interrupted before its first step.
                return false;
            }

            if (application != StoreSchema.ApplicationId)
            {
                throw Refused(path, "it belongs to another program");
            }

            if (version > StoreSchema.Steps.Count)
            {
                throw Refused(path, string.Create(CultureInfo.InvariantCulture, $"it was written by a newer version (schema {version}, this one knows {StoreSchema.Steps.Count}); start that version"));
            }

            if (version < 1)
            {
                throw Refused(path, string.Create(CultureInfo.InvariantCulture, $"it is damaged (schema {version})"));
            }

            Examine(connection, path);
            return version == StoreSchema.Steps.Count;
        }
        catch (SqliteException exception)
        {
            throw Refused(path, $"it is damaged ({exception.Message})", exception);
        }
    }

    /// <summary>Applies the steps that are missing, each all or none.</summary>
    public static void Migrate(SqliteConnection connection, string path)
    {
        connection.CreateFunction("fingerprint", (string type, int reason, string error) => Fingerprint.Of(type, (JobReason)reason, error), isDeterministic: true);
        for (var version = (int)Scalar(connection, "PRAGMA user_version"); version < StoreSchema.Steps.Count; version++)
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = string.Create(
                CultureInfo.InvariantCulture, $"{StoreSchema.Steps[version]}; PRAGMA application_id = {StoreSchema.ApplicationId}; PRAGMA user_version = {version + 1};");
            command.ExecuteNonQuery();
            transaction.Commit();
        }

        Protect(path);
    }

    /// <summary>For the eyes of the account it runs under.</summary>
    public static void Protect(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>A folder for the eyes of the account it runs under.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public static StoreRefusedException Refused(string path, string finding, Exception? inner = null)
    {
        var text = $"The store {path} was not opened: {finding}. Nothing was changed. Ways out: put a backup in its place; "
            + $"or save what can be read: sqlite3 {path} .recover | sqlite3 salvaged.db; or start empty beside it with another --data-dir";
        return inner is null ? new StoreRefusedException(text) { Finding = finding } : new StoreRefusedException(text, inner) { Finding = finding };
    }

    /// <summary>The tables of active work are walked; the whole file would cost the start too much time.</summary>
    private static void Examine(SqliteConnection connection, string path)
    {
        foreach (var table in (string[])["jobs", "attempts", "workers", "configs", "descriptors", "schedules", "counters"])
        {
            if (Scalar(connection, $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'") == 0)
            {
                throw Refused(path, $"its table {table} is missing");
            }
        }

        foreach (var table in (string[])["workers", "configs", "descriptors", "schedules", "counters"])
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA quick_check({table})";
            if (command.ExecuteScalar() is string finding && finding != "ok")
            {
                throw Refused(path, $"it is damaged ({finding})");
            }
        }
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Security;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Whether a file would be a store again: it goes the way a start goes, and then every page of it is looked at.</summary>
internal static class StoreDrill
{
    /// <param name="file">Left as it is.</param>
    /// <param name="scratch">Where its copy is opened; the caller takes it away.</param>
    /// <param name="secrets">Opens what is sealed in it, as a start here would.</param>
    /// <returns>Why it would not restore, empty when it would; and what is in it.</returns>
    public static (string Problem, StoreContents Contents) Run(string file, string scratch, ISecretBox? secrets, CancellationToken cancellationToken)
    {
        if (new FileInfo(file) is not { Exists: true, Length: > 0 })
        {
            // To a start, an empty file is a new admin. As a backup it is a lost one.
            return ("it is empty", StoreContents.None);
        }

        File.Copy(file, scratch, overwrite: true);
        try
        {
            StoreFile.Check(scratch);
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = scratch, Pooling = false, DefaultTimeout = 5 }.ToString());
            connection.Open();
            using var stop = cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
            StoreFile.Migrate(connection, scratch);
            if (Scalar(connection, "PRAGMA integrity_check(1)") is string finding && finding != "ok")
            {
                return ($"it is damaged ({finding})", StoreContents.None);
            }

            var state = StoredRows.Read(scratch, new SealedValues(secrets));
            return ("", new StoreContents(state.JobTypes.Length, state.OpenJobs.Length, Count(connection, "SELECT count(*) FROM jobs WHERE ended = 1"), Count(connection, "SELECT count(*) FROM configs")) { LostSecrets = state.LostSecrets.Length });
        }
        catch (StoreRefusedException refused)
        {
            return (refused.Finding, StoreContents.None);
        }
        catch (SqliteException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ($"it is damaged ({exception.Message})", StoreContents.None);
        }
    }

    private static long Count(SqliteConnection connection, string sql) => Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}

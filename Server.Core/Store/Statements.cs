using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>A prepared statement that is used again and again; values are bound by position.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var n = 1; n <= parameters; n++)
        {
            _command.Parameters.Add(new SqliteParameter($"${n}", null));
        }

        _command.Prepare();
    }

    public void Run(SqliteTransaction? transaction, params ReadOnlySpan<object?> values)
    {
        _command.Transaction = transaction;
        for (var n = 0; n < values.Length; n++)
        {
            _command.Parameters[n].Value = values[n] ?? DBNull.Value;
        }

        _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();

    /// <summary><c>$1, $2, …</c></summary>
    public static string Places(int count) => string.Join(", ", Enumerable.Range(1, count).Select(n => $"${n}"));
}

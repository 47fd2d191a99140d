using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// A prepared statement that is used again and again, in whatever transaction is open. Values are bound by position, straight
/// through the native interface: looking thirty names up for every row was the largest part of a commit.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), _database);
    }

    /// <exception cref="SqliteException">Nothing of this row was written.</exception>
    public void Run(params ReadOnlySpan<object?> values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            SqliteException.ThrowExceptionForRC(Bind(n + 1, values[n]), _database);
        }

        // Reset repeats the step's error; it must come before that is thrown, or the statement stays open.
        var stepped = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        SqliteException.ThrowExceptionForRC(stepped == raw.SQLITE_DONE ? raw.SQLITE_OK : stepped, _database);
    }

    public void Dispose() => _statement.Dispose();

    /// <summary><c>$1, $2, …</c></summary>
    public static string Places(int count) => string.Join(", ", Enumerable.Range(1, count).Select(n => $"${n}"));

    private int Bind(int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, place),
        string text => raw.sqlite3_bind_text(_statement, place, text),
        long number => raw.sqlite3_bind_int64(_statement, place, number),
        int number => raw.sqlite3_bind_int(_statement, place, number),
        double number => raw.sqlite3_bind_double(_statement, place, number),
        uint number => raw.sqlite3_bind_int64(_statement, place, number),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.GetType().Name, "no column holds this type"),
    };
}

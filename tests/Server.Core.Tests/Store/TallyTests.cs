using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

/// <summary>An answer that is used again says so, or it would stand for ever on a page where nothing happens any more.</summary>
public sealed class TallyTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly Tally _tally = new(new EachLookTakesASecond());

    public TallyTests()
    {
        _connection.Open();
        Run("CREATE TABLE jobs (type TEXT, state INTEGER, ended INTEGER)");
        Run("CREATE INDEX jobs_type_state ON jobs (type, state) WHERE ended = 1");
        Run("CREATE INDEX jobs_open ON jobs (type, state) WHERE ended = 0");
        Run("INSERT INTO jobs VALUES ('far', 1, 0)");
    }

    [Fact]
    public void Answer_ThatTookLong_IsUsedAgain_AndIsOldOnceSomethingChanged()
    {
        Assert.Equal((1, false), Count(exactly: false));
        Assert.Equal((1, false), Count(exactly: false));

        Run("INSERT INTO jobs VALUES ('far', 1, 0)");
        _tally.Changed();

        Assert.Equal((1, true), Count(exactly: false));
        Assert.Equal((2, false), Count(exactly: true));
        Assert.Equal((2, false), Count(exactly: false));
    }

    public void Dispose() => _connection.Dispose();

    private (long Jobs, bool IsOld) Count(bool exactly)
    {
        var (rows, isOld) = _tally.Read(_connection, exactly);
        return (rows.Sum(row => row.Count), isOld);
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class EachLookTakesASecond : TimeProvider
    {
        private long _stamp;

        public override long GetTimestamp() => _stamp += TimestampFrequency;
    }
}

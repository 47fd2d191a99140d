using System.Collections.Immutable;
using System.Diagnostics;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// All jobs by type and state. Counting walks an index, so an answer is used again for thirty times as long as it took: at once
/// where jobs are few, for some seconds where there are a million.
/// </summary>
internal sealed class Tally
{
    private const int Worth = 30;

    private volatile Counted? _last;

    public ImmutableArray<JobTally> Read(SqliteConnection connection)
    {
        if (_last is { } last && Stopwatch.GetElapsedTime(last.At) < last.Took * Worth)
        {
            return last.Rows;
        }

        var started = Stopwatch.GetTimestamp();
        var rows = HistoryQueries.All(
            connection,
            "SELECT type, state, count(*) FROM jobs INDEXED BY jobs_type_state WHERE ended = 1 GROUP BY type, state UNION ALL SELECT type, state, count(*) FROM jobs INDEXED BY jobs_open WHERE ended = 0 GROUP BY type, state",
            row => new JobTally(row.GetString(0), (JobState)row.GetInt32(1), row.GetInt64(2)));
        _last = new Counted(rows, Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(started));
        return rows;
    }

    private sealed record Counted(ImmutableArray<JobTally> Rows, long At, TimeSpan Took);
}

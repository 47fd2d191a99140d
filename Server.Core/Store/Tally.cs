using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// All jobs by type and state. Counting walks an index, so an answer is used again: while no job changes for ever, else for thirty
/// times as long as it took, which is nothing where jobs are few and some seconds where there are a million.
/// </summary>
internal sealed class Tally(TimeProvider time)
{
    private const int Worth = 30;

    private volatile Counted? _last;
    private long _changes;

    /// <summary>A commit changed jobs. Before anybody is told of it, so that who asks then is not told what was.</summary>
    public void Changed() => Interlocked.Increment(ref _changes);

    /// <param name="exactly">An answer from before the last change will not do.</param>
    /// <returns>Whether jobs have changed since they were counted, with the rows.</returns>
    public (ImmutableArray<JobTally> Rows, bool IsOld) Read(SqliteConnection connection, bool exactly)
    {
        var changes = Interlocked.Read(ref _changes);
        if (_last is { } last && (last.Changes == changes || (!exactly && time.GetElapsedTime(last.At) < last.Took * Worth)))
        {
            return (last.Rows, last.Changes != changes);
        }

        var started = time.GetTimestamp();
        var rows = HistoryQueries.All(
            connection,
            "SELECT type, state, count(*) FROM jobs INDEXED BY jobs_type_state WHERE ended = 1 GROUP BY type, state UNION ALL SELECT type, state, count(*) FROM jobs INDEXED BY jobs_open WHERE ended = 0 GROUP BY type, state",
            row => new JobTally(row.GetString(0), (JobState)row.GetInt32(1), row.GetInt64(2)));
        _last = new Counted(rows, changes, time.GetTimestamp(), time.GetElapsedTime(started));
        return (rows, false);
    }

    private sealed record Counted(ImmutableArray<JobTally> Rows, long Changes, long At, TimeSpan Took);
}

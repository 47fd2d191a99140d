using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Keeps the numbers of one worker. Publisher's thread only.</summary>
internal sealed class WorkerBook
{
    private const int AttemptsKept = 64;
    private const int BeatsKept = 60;
    private static readonly TimeSpan Slot = TimeSpan.FromMinutes(5);
    private const int Slots = 12;
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(2);

    private readonly LoadCell[] _cells = new LoadCell[WorkerNumbers.Cells];
    private readonly List<EndedAttempt> _attempts = [];
    private readonly List<BeatGap> _beats = [];
    private readonly (DateTimeOffset Start, int Succeeded, int Failed)[] _hour = new (DateTimeOffset, int, int)[Slots];
    private DateTimeOffset _newest;
    private DateTimeOffset? _lastBeat;
    private long _generation;
    private WorkerNumbers _numbers = WorkerNumbers.Empty;
    private ImmutableDictionary<string, DateTimeOffset> _differences = ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);
    private bool _dirty = true;

    public WorkerBook(DateTimeOffset now)
    {
        Array.Fill(_cells, LoadCell.Unknown);
        _newest = Floor(now, WorkerNumbers.CellWidth);
    }

    public void Ended(Ending ending)
    {
        var (job, attempt) = (ending.Job, ending.Attempt!);
        _attempts.Add(new EndedAttempt(job.Id, job.JobType, job.Summary, attempt.Number, attempt.Outcome, attempt.SentAt, attempt.EndedAt ?? ending.At, attempt.Error));
        if (_attempts.Count > AttemptsKept)
        {
            _attempts.RemoveAt(0);
        }

        var succeeded = attempt.Outcome == AttemptOutcome.Succeeded;
        if (succeeded || attempt.Outcome is AttemptOutcome.Failed or AttemptOutcome.TimedOut or AttemptOutcome.WorkerLost)
        {
            var start = Floor(ending.At, Slot);
            ref var slot = ref _hour[start.UtcTicks / Slot.Ticks % Slots];
            slot = slot.Start == start ? slot : (start, 0, 0);
            slot = (start, slot.Succeeded + (succeeded ? 1 : 0), slot.Failed + (succeeded ? 0 : 1));
        }

        _dirty = true;
    }

    public void Observe(Worker worker, Session? session, ImmutableArray<Job> running, int used, int total, DateTimeOffset now)
    {
        Advance(now);
        var cell = session is null ? LoadCell.Gone : new LoadCell((sbyte)Math.Clamp(total == 0 ? 0 : used * 100 / total, 0, 100), worker.Draining);
        var newest = _cells[^1];
        var seen = !cell.IsConnected ? cell
            : newest == LoadCell.Gone ? cell with { Broke = true }
            : newest.IsConnected ? cell with { Percent = Math.Max(newest.Percent, cell.Percent), Broke = newest.Broke }
            : cell;
        if (seen != newest)
        {
            _cells[^1] = seen;
            _dirty = true;
        }

        if (session?.Heartbeat is { } beat && beat.At != _lastBeat)
        {
            // The first of a session follows nothing: the time before it was no gap.
            var gap = session.Generation == _generation && _lastBeat is { } last ? beat.At - last : beat.At - session.ConnectedAt;
            _beats.Add(new BeatGap(beat.At, gap));
            if (_beats.Count > BeatsKept)
            {
                _beats.RemoveAt(0);
            }

            (_lastBeat, _generation, _dirty) = (beat.At, session.Generation, true);
        }

        Compare(session, running);
    }

    /// <summary>
    /// What the worker says it works on against what it holds in our books. A heartbeat proves nothing about a job that was
    /// sent or ended around the time it was written.
    /// </summary>
    private void Compare(Session? session, ImmutableArray<Job> running)
    {
        if (session?.Heartbeat is not { } beat || (beat.RunningWork.IsEmpty && !session.ListsWork))
        {
            (_differences, _dirty) = (_differences.Clear(), _dirty || !_differences.IsEmpty);
            return;
        }

        var listed = beat.RunningWork.Where(work => !work.IsDetection).Select(work => work.WorkId).ToHashSet(StringComparer.Ordinal);
        var held = running.Select(job => job.Id.Value).ToHashSet(StringComparer.Ordinal);
        var apart = running.Where(job => beat.At - job.Attempt!.SentAt > Around && !listed.Contains(job.Id.Value)).Select(job => job.Id.Value)
            .Concat(listed.Where(work => !held.Contains(work) && !_attempts.Exists(attempt => attempt.Job.Value == work && attempt.EndedAt > beat.At - Around)))
            .ToHashSet(StringComparer.Ordinal);
        if (!apart.SetEquals(_differences.Keys))
        {
            _differences = apart.ToImmutableDictionary(job => job, job => _differences.TryGetValue(job, out var since) ? since : beat.At);
            _dirty = true;
        }
    }

    /// <summary>The same record as before while nothing has changed and no cell is over.</summary>
    public WorkerNumbers Publish(DateTimeOffset now)
    {
        if (_dirty)
        {
            var hour = _hour.Where(slot => now - slot.Start < TimeSpan.FromHours(1)).ToList();
            _numbers = new WorkerNumbers
            {
                NewestCell = _newest,
                Load = [.. _cells],
                Attempts = [.. _attempts],
                Beats = [.. _beats],
                Differences = _differences,
                Succeeded = hour.Sum(slot => slot.Succeeded),
                Failed = hour.Sum(slot => slot.Failed),
            };
            _dirty = false;
        }

        return _numbers;
    }

    /// <summary>Cells nobody looked at in between are like the last one: a change would have been seen.</summary>
    private void Advance(DateTimeOffset now)
    {
        var newest = Floor(now, WorkerNumbers.CellWidth);
        var by = (int)Math.Min((newest - _newest) / WorkerNumbers.CellWidth, _cells.Length);
        if (by <= 0)
        {
            return;
        }

        var last = _cells[^1] with { Broke = false };
        Array.Copy(_cells, by, _cells, 0, _cells.Length - by);
        Array.Fill(_cells, last, _cells.Length - by, by - 1);
        _cells[^1] = LoadCell.Unknown;
        (_newest, _dirty) = (newest, true);
    }

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan width) => at.AddTicks(-(at.UtcTicks % width.Ticks));
}

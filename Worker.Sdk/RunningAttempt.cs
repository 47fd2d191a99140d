using System.Globalization;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// One attempt or detection while its handler runs. Reports land in slots that the session's pump empties: progress keeps
/// only the newest, output keeps at least the last 768 KiB that were sent for re-sending, activities up to a bound.
/// </summary>
/// <param name="keepsOutput">Somebody takes the output, so that it is worth waiting until it is taken.</param>
internal sealed class RunningAttempt(string requestId, string workId, string jobType, bool isDetection, bool keepsOutput, TimeProvider time, Action changed, CancellationToken stopping) : IAttemptReports, IDisposable
{
    private const int MostActivities = 100;
    private const int MostMetrics = 100;
    private const int MostWarnings = 20;

    /// <summary>Bytes of a stage.</summary>
    private const int StageLimit = 256;

    /// <summary>How long work is held up by output that nobody takes: a lost admin must not stop it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly LogRing _stdout = new(LogStream.Stdout);
    private readonly LogRing _stderr = new(LogStream.Stderr);
    private readonly List<ActivityEvent> _activities = [];
    private readonly Dictionary<string, ConfigValue> _metrics = new(StringComparer.Ordinal);
    private double _percent;
    private string _stage = "";
    private string _message = "";
    private bool _news;
    private bool _abandoned = !keepsOutput;
    private TaskCompletionSource? _room;

    public string RequestId { get; } = requestId;

    public string WorkId { get; } = workId;

    public string JobType { get; } = jobType;

    public bool IsDetection { get; } = isDetection;

    /// <summary>Cancelled when the work is to stop, whoever wants it.</summary>
    public CancellationTokenSource Cancel { get; } = CancellationTokenSource.CreateLinkedTokenSource(stopping);

    /// <summary>Completes when the handler has returned.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The handler has returned; what is left is that its result is heard.</summary>
    public bool IsDone { get; set; }

    /// <summary>The lease was taken by force: nobody waits for the result.</summary>
    public bool IsForced { get; set; }

    /// <summary>The admin has given up the lease meanwhile: the result is a late report.</summary>
    public bool IsLate { get; set; }

    /// <summary>Running it twice does no harm, says its handler.</summary>
    public bool IsIdempotent { get; init; }

    public RunningWork Snapshot()
    {
        lock (_gate)
        {
            return new RunningWork
            {
                WorkId = WorkId,
                Kind = IsDetection ? WorkKind.Detection : WorkKind.Execution,
                JobType = JobType,
                State = JobState.Running,
                ProgressPercent = _percent,
                Stage = _stage,
            };
        }
    }

    public void Progress(double percent, string stage, string message, ValueSet? metrics = null)
    {
        lock (_gate)
        {
            foreach (var (name, value) in metrics ?? [])
            {
                if (_metrics.Count < MostMetrics || _metrics.ContainsKey(name))
                {
                    _metrics[name] = value.Wire;
                }
            }

            _percent = double.IsFinite(percent) ? Math.Max(_percent, Math.Clamp(percent, 0, 100)) : _percent;
            _stage = stage.Length > 0 ? Results.Cut(stage, StageLimit) : _stage;
            _message = Results.Cut(message);
            _news = true;
        }

        changed();
    }

    public void Output(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            (stream == OutputStream.Stderr ? _stderr : _stdout).Append(bytes);
        }

        changed();
    }

    /// <summary>Waits while as much output is on its way as is kept, as a program waits at a full pipe.</summary>
    public async ValueTask OutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, LogRing.ChunkSize)];
            Task? room = null;
            lock (_gate)
            {
                var ring = stream == OutputStream.Stderr ? _stderr : _stdout;
                if (_abandoned || ring.Unsent + piece.Length <= LogRing.Room)
                {
                    ring.Append(piece.Span);
                    bytes = bytes[piece.Length..];
                }
                else
                {
                    room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }
            }

            changed();
            if (room is not null)
            {
                await WaitAsync(room, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void LeftOut(OutputStream stream, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_gate)
        {
            (stream == OutputStream.Stderr ? _stderr : _stdout).LeftOut = bytes;
        }

        changed();
    }

    public void Activity(string message, string stage, ValueSet details)
    {
        var activity = new ActivityEvent
        {
            Source = IsDetection ? ActivitySource.Detector : ActivitySource.Executor,
            Message = Results.Cut(message),
            Stage = Results.Cut(stage, StageLimit),
        };
        details.CopyTo(activity.Details);
        lock (_gate)
        {
            if (_activities.Count == MostActivities)
            {
                _activities.RemoveAt(0);
            }

            _activities.Add(activity);
            _news = true;
        }

        changed();
    }

    /// <summary>Values of a kind that could not be used are said once, where people look.</summary>
    public void Warn(IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings.Distinct().Take(MostWarnings))
        {
            Activity(warning, "config", []);
        }
    }

    /// <summary>The newest progress, once; null when there is none.</summary>
    public JobProgressUpdate? TakeProgress(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_news)
            {
                return null;
            }

            _news = false;
            var update = new JobProgressUpdate
            {
                RequestId = RequestId,
                JobId = IsDetection ? "" : WorkId,
                JobType = JobType,
                State = JobState.Running,
                ProgressPercent = _percent,
                Stage = _stage,
                Message = _message,
                Activities = { _activities },
                UpdatedAt = Timestamp.FromDateTimeOffset(now),
            };
            foreach (var (name, value) in _metrics)
            {
                update.Metrics[name] = value;
            }

            _activities.Clear();
            return update;
        }
    }

    /// <summary>Something was written that an admin would keep.</summary>
    public bool HasOutput
    {
        get
        {
            lock (_gate)
            {
                return keepsOutput && !(_stdout.IsEmpty && _stderr.IsEmpty);
            }
        }
    }

    /// <summary>Output is about to have to wait.</summary>
    public bool IsPressing
    {
        get
        {
            lock (_gate)
            {
                return !_abandoned && Math.Max(_stdout.Unsent, _stderr.Unsent) > LogRing.Room / 2;
            }
        }
    }

    /// <summary>
    /// What was written and not sent yet, in pieces. All of it is taken at one moment: what is written while they leave must wait,
    /// or more would be on its way than is kept.
    /// </summary>
    public IReadOnlyList<JobLogChunk> TakeOutput()
    {
        lock (_gate)
        {
            List<JobLogChunk> chunks = [.. Chunks(_stdout), .. Chunks(_stderr), .. Ends(_stdout), .. Ends(_stderr)];
            if (chunks.Count > 0)
            {
                _abandoned = !keepsOutput;
                _room?.TrySetResult();
                _room = null;
            }

            return chunks;
        }
    }

    /// <summary>After a reconnect: what may not have arrived is sent again; the admin drops what it has.</summary>
    public void Rewind()
    {
        lock (_gate)
        {
            _stdout.Rewind();
            _stderr.Rewind();
        }
    }

    public void Dispose() => Cancel.Dispose();

    private async Task WaitAsync(Task room, CancellationToken cancellationToken)
    {
        try
        {
            await room.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // From here on what is not taken is overwritten, until somebody takes output again.
            lock (_gate)
            {
                _abandoned = true;
            }
        }
    }

    private IEnumerable<JobLogChunk> Chunks(LogRing ring)
    {
        while (ring.Take() is var (offset, bytes) && bytes.Length > 0)
        {
            yield return new JobLogChunk { RequestId = RequestId, JobId = WorkId, Stream = ring.Stream, Offset = offset, Data = UnsafeByteOperations.UnsafeWrap(bytes) };
        }
    }

    /// <summary>Behind the pieces of both streams: nothing is kept after it.</summary>
    private IEnumerable<JobLogChunk> Ends(LogRing ring)
    {
        if (ring.TakeLeftOut() is var (offset, bytes) && bytes > 0)
        {
            yield return new JobLogChunk { RequestId = RequestId, JobId = WorkId, Stream = ring.Stream, Offset = offset, LeftOut = bytes };
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{JobType} {WorkId} ({RequestId})");
}

/// <summary>The last 1 MiB of one output, with the offset of each byte.</summary>
internal sealed class LogRing(LogStream stream)
{
    /// <summary>
    /// A connection that is lost takes with it what was taken last and what the admin had not read of it, while more is written:
    /// <see cref="Room"/> of each, and the 512 KiB that an admin lets a stream have on its way.
    /// </summary>
    public const int Capacity = 4 * Room;

    /// <summary>What may wait to be sent, for those who can be held up.</summary>
    public const int Room = 256 * 1024;

    public const int ChunkSize = 32 * 1024;

    private byte[] _ring = [];
    private long _end;
    private long _sent;
    private long _toldLeftOut;

    public LogStream Stream { get; } = stream;

    /// <summary>Bytes that were never taken; more than <see cref="Capacity"/> once some of them are lost.</summary>
    public long Unsent => _end - _sent;

    public bool IsEmpty => _end == 0;

    /// <summary>Bytes that come behind the last one and are not passed on.</summary>
    public long LeftOut { get; set; }

    private long Start => Math.Max(0, _end - _ring.Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_ring.Length < Capacity && _end + bytes.Length > _ring.Length)
        {
            Array.Resize(ref _ring, (int)Math.Min(Capacity, Math.Max(4096, System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(_end + bytes.Length)))));
        }

        if (bytes.Length > _ring.Length)
        {
            _end += bytes.Length - _ring.Length;
            bytes = bytes[^_ring.Length..];
        }

        var at = (int)(_end % _ring.Length);
        var first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _end += bytes.Length;
    }

    /// <summary>What was overwritten before it was sent is a gap; the admin shows it.</summary>
    public (long Offset, byte[] Bytes) Take()
    {
        var from = Math.Max(_sent, Start);
        var count = (int)Math.Min(ChunkSize, _end - from);
        if (count <= 0)
        {
            return (from, []);
        }

        var bytes = new byte[count];
        var at = (int)(from % _ring.Length);
        var first = Math.Min(count, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(bytes);
        _ring.AsSpan(0, count - first).CopyTo(bytes.AsSpan(first));
        _sent = from + count;
        return (from, bytes);
    }

    /// <summary>How much was left out behind which place; 0 when that was said or nothing was.</summary>
    public (long Offset, long Bytes) TakeLeftOut()
    {
        var isNews = LeftOut != _toldLeftOut;
        _toldLeftOut = LeftOut;
        return (_end, isNews ? LeftOut : 0);
    }

    public void Rewind() => (_sent, _toldLeftOut) = (Start, 0);
}

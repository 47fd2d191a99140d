using System.Threading.Channels;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// The one writer of a session: queued messages, what waits patiently, and what running attempts have to say. Putting never waits;
/// while too much is queued, who brings new requests does.
/// </summary>
/// <param name="options">Clock and limits.</param>
/// <param name="runner">Whose attempts report.</param>
/// <param name="workerId">In every envelope.</param>
/// <param name="writer">The stream.</param>
/// <param name="clogged">The admin has read nothing for too long.</param>
/// <param name="ended">The session is over.</param>
internal sealed partial class Outbox(
    WorkerOptions options, WorkRunner runner, string workerId, RequestWriter<WorkerToAdminMessage> writer, Action clogged, CancellationToken ended) : IDisposable
{
    /// <summary>So many wait at most, with an answer or two to what was read already.</summary>
    public const int Most = 256;

    private static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestClog = TimeSpan.FromSeconds(30);

    private readonly Channel<(WorkerToAdminMessage Message, RunningAttempt? After)> _queue =
        Channel.CreateUnbounded<(WorkerToAdminMessage, RunningAttempt?)>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>What waits for the admin to read, one message at a time: it never takes the place of what cannot wait.</summary>
    private readonly Channel<(WorkerToAdminMessage Message, RunningAttempt? After, TaskCompletionSource Flushed)> _patient =
        Channel.CreateBounded<(WorkerToAdminMessage, RunningAttempt?, TaskCompletionSource)>(new BoundedChannelOptions(1) { SingleReader = true });

    private readonly SemaphoreSlim _wake = new(0, 1);
    private TaskCompletionSource _room = NewSignal();
    private int _queued;
    private long _movedAt;

    /// <summary>The admin takes output.</summary>
    public bool TakesOutput { get; set; }

    /// <summary>The admin confirms results; else one that was written has arrived as far as anybody knows.</summary>
    public bool Acknowledges { get; set; }

    /// <summary>Queues a message; what the attempt still has to say goes before it.</summary>
    public void Put(WorkerToAdminMessage message, RunningAttempt? after = null)
    {
        // Counted first: the pump must never see more messages than there are.
        var queued = Interlocked.Increment(ref _queued);
        if (!_queue.Writer.TryWrite((message, after)))
        {
            Interlocked.Decrement(ref _queued);
            return;
        }

        Wake();
        if (queued == 1)
        {
            Moved();
        }
        else if (queued >= Most && options.TimeProvider.GetElapsedTime(Interlocked.Read(ref _movedAt)) >= LongestClog)
        {
            clogged();
        }
    }

    /// <summary>Completes when the message is on its way, so that what is put next comes after it; what the attempt still has to say goes before it.</summary>
    public async ValueTask PutAsync(WorkerToAdminMessage message, CancellationToken cancellationToken, RunningAttempt? after = null)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended);
        var flushed = NewSignal();
        await _patient.Writer.WriteAsync((message, after, flushed), either.Token).ConfigureAwait(false);
        Wake();
        await flushed.Task.WaitAsync(either.Token).ConfigureAwait(false);
    }

    /// <summary>For who reads requests: waits while their answers would find no place.</summary>
    public async ValueTask RoomAsync()
    {
        while (true)
        {
            var room = Volatile.Read(ref _room).Task;
            if (Volatile.Read(ref _queued) < Most)
            {
                return;
            }

            if (!await room.WithinAsync(LongestClog, options.TimeProvider, ended).ConfigureAwait(false))
            {
                ended.ThrowIfCancellationRequested();
                clogged();
                return;
            }
        }
    }

    /// <summary>Something is there to be sent.</summary>
    public void Wake()
    {
        // Looking first spares nearly all of the exceptions of a full semaphore, one for every message of a busy worker.
        if (_wake.CurrentCount > 0)
        {
            return;
        }

        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // The pump is already called.
        }
        catch (ObjectDisposedException)
        {
            // The session is over.
        }
    }

    /// <summary>Nothing more is put; what is queued goes out, then the stream is half-closed.</summary>
    public void Complete()
    {
        _queue.Writer.TryComplete();
        Wake();
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>Writes until the box is complete and empty.</summary>
    public async Task PumpAsync()
    {
        var lastReport = 0L;
        var told = new List<string>();
        while (true)
        {
            var wrote = false;
            for (var count = 0; count < Most && _queue.Reader.TryRead(out var next); count++)
            {
                Taken();
                ReportAll(next.After);
                Write(next.Message);
                wrote = true;
                if (!Acknowledges && next.Message.JobCompleted is { } completed)
                {
                    told.Add(completed.RequestId);
                }
            }

            wrote |= ReportRunning(ref lastReport);
            TaskCompletionSource? flushed = null;
            if (_patient.Reader.TryRead(out var patient))
            {
                ReportAll(patient.After);
                Write(patient.Message);
                (wrote, flushed) = (true, patient.Flushed);
            }

            if (wrote)
            {
                await writer.FlushAsync(ended).ConfigureAwait(false);
                flushed?.SetResult();
                told.ForEach(runner.Completions.Confirm);
                told.Clear();
            }
            else if (_queue.Reader.Completion.IsCompleted)
            {
                await writer.CompleteAsync().ConfigureAwait(false);
                return;
            }
            else
            {
                await _wake.WaitAsync(runner.Running.Count > 0 ? ReportPause : Timeout.InfiniteTimeSpan, ended).ConfigureAwait(false);
            }
        }
    }

    /// <summary>With its time and sender.</summary>
    public WorkerToAdminMessage Stamped(WorkerToAdminMessage message)
    {
        message.WorkerId = workerId;
        message.SentAt = Timestamp.FromDateTimeOffset(options.TimeProvider.GetUtcNow());
        return message;
    }

    private void Write(WorkerToAdminMessage message)
    {
        var (size, limit) = (Stamped(message).CalculateSize(), options.Channel.MaxSendMessageSize);
        if (size > limit)
        {
            LogTooLarge(options.Logger, message.BodyCase, size, limit);
            message = Stamped(TooLarge.Instead(message, size, limit));
        }

        writer.Buffer(message);
    }

    private void Taken()
    {
        Moved();
        if (Interlocked.Decrement(ref _queued) == Most - 1)
        {
            Interlocked.Exchange(ref _room, NewSignal()).SetResult();
        }
    }

    private void Moved() => Interlocked.Exchange(ref _movedAt, options.TimeProvider.GetTimestamp());

    /// <summary>Progress when its pause is over; output also when it is about to have to wait.</summary>
    private bool ReportRunning(ref long lastReport)
    {
        var isDue = options.TimeProvider.GetElapsedTime(lastReport) >= ReportPause;
        var wrote = false;
        if (isDue || runner.Running.Any(attempt => attempt.IsPressing))
        {
            foreach (var attempt in runner.Running)
            {
                wrote |= ReportOutput(attempt);
                wrote |= isDue && ReportProgress(attempt);
            }
        }

        lastReport = isDue ? options.TimeProvider.GetTimestamp() : lastReport;
        return wrote;
    }

    private void ReportAll(RunningAttempt? attempt)
    {
        if (attempt is not null)
        {
            ReportOutput(attempt);
            ReportProgress(attempt);
        }
    }

    private bool ReportOutput(RunningAttempt attempt)
    {
        var output = TakesOutput && !attempt.IsDetection ? attempt.TakeOutput() : [];
        foreach (var chunk in output)
        {
            Write(new WorkerToAdminMessage { JobLog = chunk });
        }

        return output.Count > 0;
    }

    private bool ReportProgress(RunningAttempt attempt)
    {
        if (attempt.TakeProgress(options.TimeProvider.GetUtcNow()) is not { } update)
        {
            return false;
        }

        Write(new WorkerToAdminMessage { JobProgressUpdate = update });
        return true;
    }

    [LoggerMessage(29, LogLevel.Error, "A message {Kind} of {Size} bytes is not sent: the limit is {Limit}")]
    private static partial void LogTooLarge(ILogger logger, WorkerToAdminMessage.BodyOneofCase kind, int size, int limit);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

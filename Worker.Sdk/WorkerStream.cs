using System.Collections.Frozen;
using System.Threading.Channels;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>One session: a reader, one pump that writes everything, heartbeats. Ends once, with a reason.</summary>
internal sealed partial class WorkerStream : IWorkerSession, IAsyncDisposable
{
    private const int QueueLength = 4096;

    private static readonly GrpcMethod<WorkerToAdminMessage, AdminToWorkerMessage> Method =
        GrpcMethod.From<WorkerToAdminMessage, AdminToWorkerMessage>(PluginReflection.Descriptor.Services[0], "WorkerStream");

    private static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FinishLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BeatPause = TimeSpan.FromMilliseconds(200);

    private readonly WorkerOptions _options;
    private readonly WorkRunner _runner;
    private readonly IReadOnlyDictionary<string, IJobHandler> _handlers;
    private readonly string _workerId;
    private readonly GrpcChannel _channel;
    private readonly DuplexCall<WorkerToAdminMessage, AdminToWorkerMessage> _call;
    private readonly Channel<(WorkerToAdminMessage Message, RunningAttempt? After)> _queue =
        Channel.CreateBounded<(WorkerToAdminMessage, RunningAttempt?)>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>What waits for the admin to read, one message at a time: it never takes the place of what cannot wait.</summary>
    private readonly Channel<(WorkerToAdminMessage Message, TaskCompletionSource Flushed)> _patient =
        Channel.CreateBounded<(WorkerToAdminMessage, TaskCompletionSource)>(new BoundedChannelOptions(1) { SingleReader = true });

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<(CloseReason Reason, string Text)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private Task _loops = Task.CompletedTask;
    private FrozenSet<string> _extensions = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AdminToWorkerMessage? _early;
    private volatile bool _finishing;

    private WorkerStream(WorkerOptions options, WorkRunner runner, IReadOnlyDictionary<string, IJobHandler> handlers, string workerId, string address)
    {
        _options = options;
        _runner = runner;
        _handlers = handlers;
        _workerId = workerId;
        var (secured, channel) = options.Secured(address);
        Address = secured;
        InstanceId = $"inst-{new Random().NextInt64():x16}";
        var headers = new Metadata();
        if (options.Token is { } token)
        {
            headers.Add("authorization", $"Bearer {token}");
        }

        _channel = GrpcChannel.ForAddress(secured, channel);
        _call = _channel.DuplexStreaming(Method, new CallOptions(headers));
    }

    public string Address { get; }

    public string InstanceId { get; }

    public IReadOnlySet<string> Extensions => _extensions;

    public TimeSpan HeartbeatInterval { get; private set; } = LongestSilence;

    public TimeSpan ReconnectDelay { get; private set; } = TimeSpan.FromSeconds(5);

    public string AdminVersion { get; private set; } = "unknown";

    public bool IsOurs => _extensions.Count > 0;

    public bool TakesOutput => _extensions.Contains("log");

    public bool Acknowledges => _extensions.Contains("ack");

    /// <summary>Completes when the session is over.</summary>
    public Task<(CloseReason Reason, string Text)> Closed => _closed.Task;

    /// <summary>Dials, says hello, waits for the admin's first word.</summary>
    /// <exception cref="StartFailureException">Typed; nothing is left open.</exception>
    public static async Task<WorkerStream> OpenAsync(
        WorkerOptions options, WorkRunner runner, IReadOnlyDictionary<string, IJobHandler> handlers, string workerId, string address, bool claim, CancellationToken cancellationToken)
    {
        var stream = new WorkerStream(options, runner, handlers, workerId, address);
        try
        {
            using var timeout = new CancellationTokenSource(options.RegistrationTimeout, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                await stream.GreetAsync(claim, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception)
            {
                throw cancellationToken.IsCancellationRequested
                    ? new StartFailureException(CloseReason.Canceled, "the start was cancelled", inner: exception)
                    : new StartFailureException(CloseReason.Timeout, $"no hello came from {address} within {options.RegistrationTimeout.TotalSeconds:0.#} s", inner: exception);
            }
            catch (RpcException exception)
            {
                throw Refused(exception, address);
            }

            stream.Begin();
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Acknowledge(string requestId, bool accepted, string message) =>
        Send(new WorkerToAdminMessage { Acknowledge = new WorkerAcknowledge { RequestId = requestId, Accepted = accepted, Message = message } });

    public void Send(WorkerToAdminMessage message, RunningAttempt? after = null)
    {
        if (_queue.Writer.TryWrite((message, after)))
        {
            Wake();
        }
        else if (!_finishing)
        {
            Close(CloseReason.ConnectionLost, "the admin does not read; the outgoing queue is full");
        }
    }

    /// <summary>Completes when the message is on its way, so that what is sent next comes after it.</summary>
    public async ValueTask SendAsync(WorkerToAdminMessage message, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _patient.Writer.WriteAsync((message, flushed), either.Token).ConfigureAwait(false);
        Wake();
        await flushed.Task.WaitAsync(either.Token).ConfigureAwait(false);
    }

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

    public void WorkChanged()
    {
        _changed.TrySetResult();
        Wake();
    }

    /// <summary>The first reason counts.</summary>
    public void Close(CloseReason reason, string text)
    {
        if (!_closed.TrySetResult(_finishing ? (CloseReason.StopRequested, "stop requested") : (reason, text)))
        {
            return;
        }

        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Whoever waited for the reason was faster and has disposed the session.
        }
    }

    /// <summary>
    /// Everything queued is written, then the stream is half-closed, and the admin gets a moment to end it too: a stream
    /// that is reset takes with it what the other side has not read yet.
    /// </summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _finishing = true;
        _queue.Writer.TryComplete();
        Wake();
        await _reading.WaitAsync(FinishLimit, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Close(CloseReason.StopRequested, "the session was disposed");
        _queue.Writer.TryComplete();

        // A shutdown by the admin closes a session whose loops go on, so that its work can be reported.
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        _call.Dispose();
        _channel.Dispose();
        _wake.Dispose();
        _ended.Dispose();
    }

    private static StartFailureException Refused(RpcException exception, string address) => exception.StatusCode switch
    {
        StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.FailedPrecondition =>
            new StartFailureException(CloseReason.Rejected, exception.Status.Detail, permanent: true, exception),
        StatusCode.InvalidArgument => new StartFailureException(CloseReason.ProtocolError, exception.Status.Detail, permanent: true, exception),
        StatusCode.Unavailable or StatusCode.Internal => new StartFailureException(CloseReason.Unreachable, $"{address}: {exception.Status.Detail}", false, exception),
        _ => new StartFailureException(CloseReason.Rejected, exception.Status.Detail, false, exception),
    };

    private async Task GreetAsync(bool claim, CancellationToken cancellationToken)
    {
        await _call.RequestStream.WriteAsync(Stamped(new WorkerToAdminMessage { Hello = Hello(claim) }), cancellationToken).ConfigureAwait(false);
        if (!await _call.ResponseStream.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new StartFailureException(CloseReason.Unreachable, $"{Address} ended the stream without a hello");
        }

        AdminVersion = (await _call.ResponseHeadersAsync().ConfigureAwait(false)).Get("plugin-admin-version") ?? "unknown";
        if (_call.ResponseStream.Current.Hello is not { } hello)
        {
            // Whoever asks for something has taken the worker. It knows no extensions, or it would have said so.
            _early = _call.ResponseStream.Current;
            return;
        }

        if (!hello.Accepted)
        {
            throw new StartFailureException(CloseReason.Rejected, hello.Message, hello.Message.Contains("permanent", StringComparison.OrdinalIgnoreCase));
        }

        _extensions = hello.Extensions.Intersect(_options.Extensions).ToFrozenSet(StringComparer.Ordinal);
        HeartbeatInterval = hello.HeartbeatIntervalSeconds > 0 ? Beats(TimeSpan.FromSeconds(hello.HeartbeatIntervalSeconds)) : HeartbeatInterval;
        ReconnectDelay = hello.ReconnectDelaySeconds > 0 ? TimeSpan.FromSeconds(hello.ReconnectDelaySeconds) : ReconnectDelay;
    }

    /// <summary>A foreign admin hides silent workers after a time of its own, whatever its hello asks for.</summary>
    private TimeSpan Beats(TimeSpan asked) => IsOurs || asked < LongestSilence ? asked : LongestSilence;

    private WorkerHello Hello(bool claim)
    {
        var hello = new WorkerHello
        {
            WorkerId = _workerId,
            WorkerInstanceId = InstanceId,
            WorkerVersion = _options.Version,
            ProtocolVersion = "plugin.v1",
        };
        foreach (var handler in _handlers.Values)
        {
            hello.Capabilities.Add(new JobTypeCapability
            {
                JobType = handler.Descriptor.JobType,
                CanDetect = handler.CanDetect,
                CanExecute = handler.CanExecute,
                MaxDetectionConcurrency = _options.DetectionSlots,
                MaxExecutionConcurrency = _options.ExecutionSlots,
                DisplayName = handler.Descriptor.DisplayName,
                Description = handler.Descriptor.Description,
                Weight = handler.Weight,
            });
        }

        foreach (var (key, value) in _options.Labels)
        {
            hello.Metadata[$"label.{key}"] = value;
        }

        if (_options.Extensions.Count > 0)
        {
            hello.Metadata["extensions"] = string.Join(',', _options.Extensions);
        }

        if (claim)
        {
            hello.RunningWork.AddRange(_runner.Running.Select(Claimed));
        }

        return hello;
    }

    private static RunningWork Claimed(RunningAttempt attempt)
    {
        var work = attempt.Snapshot();
        work.RequestId = attempt.RequestId;
        return work;
    }

    private void Begin()
    {
        _runner.Attach(this);
        foreach (var attempt in _runner.Running)
        {
            attempt.Rewind();
        }

        if (Acknowledges)
        {
            foreach (var completed in _runner.Completions.All())
            {
                Send(new WorkerToAdminMessage { JobCompleted = completed });
            }
        }

        if (_early is not null)
        {
            Take(_early);
        }

        _reading = GuardedAsync(ReadAsync);
        _loops = Task.WhenAll(_reading, GuardedAsync(PumpAsync), GuardedAsync(BeatAsync));
    }

    /// <summary>Whatever ends a loop ends the session, with its reason.</summary>
    private async Task GuardedAsync(Func<Task> loop)
    {
        try
        {
            await loop().ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            var reason = exception.StatusCode switch
            {
                StatusCode.Aborted => CloseReason.Replaced,
                StatusCode.InvalidArgument => CloseReason.ProtocolError,
                StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.FailedPrecondition => CloseReason.Rejected,
                _ => CloseReason.ConnectionLost,
            };
            Close(reason, exception.Status.Detail);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            Close(CloseReason.ConnectionLost, "the stream ended");
        }
        catch (Exception exception)
        {
            LogLoopFailed(_options.Logger, exception);
            Close(CloseReason.ProtocolError, exception.Message);
        }
    }

    private async Task ReadAsync()
    {
        await foreach (var message in _call.ResponseStream.ReadAllAsync(_ended.Token).ConfigureAwait(false))
        {
            Take(message);
        }

        Close(CloseReason.ConnectionLost, "the admin ended the stream");
    }

    private void Take(AdminToWorkerMessage message)
    {
        switch (message.BodyCase)
        {
            case AdminToWorkerMessage.BodyOneofCase.Hello:
                // A late or second one grants nothing any more, but it may still refuse.
                if (!message.Hello.Accepted)
                {
                    Close(CloseReason.Rejected, message.Hello.Message);
                }

                break;
            case AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema:
                Describe(message);
                break;
            case AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest:
                message.RunDetectionRequest.RequestId = Either(message.RunDetectionRequest.RequestId, message.RequestId);
                _runner.Detect(message.RunDetectionRequest, this);
                break;
            case AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest:
                message.ExecuteJobRequest.RequestId = Either(message.ExecuteJobRequest.RequestId, message.RequestId);
                _runner.Execute(message.ExecuteJobRequest, this);
                break;
            case AdminToWorkerMessage.BodyOneofCase.CancelRequest:
                _runner.Cancel(message.CancelRequest, message.RequestId, this);
                break;
            case AdminToWorkerMessage.BodyOneofCase.Shutdown:
                Acknowledge(message.RequestId, accepted: true, "shutdown acknowledged");
                _closed.TrySetResult((message.Shutdown.Reason == "replaced" ? CloseReason.Replaced : CloseReason.AdminShutdown, message.Shutdown.Reason));
                break;
            case AdminToWorkerMessage.BodyOneofCase.JobCompletedAck:
                _runner.Completions.Confirm(message.JobCompletedAck.RequestId);
                break;
            case AdminToWorkerMessage.BodyOneofCase.Ping:
                Send(new WorkerToAdminMessage { Pong = new Pong { Nonce = message.Ping.Nonce } });
                break;
            case AdminToWorkerMessage.BodyOneofCase.Drain:
                _runner.Draining = message.Drain.Enabled;
                Wake();
                break;
            case AdminToWorkerMessage.BodyOneofCase.RequestObjectPreview:
                Acknowledge(message.RequestId, accepted: false, "unsupported request body");
                Send(new WorkerToAdminMessage { ObjectPreviewResponse = new ObjectPreviewResponse { RequestId = message.RequestId, Success = false, ErrorMessage = "this worker has no previews" } });
                break;
            default:
                Acknowledge(message.RequestId, accepted: false, "unsupported request body");
                break;
        }
    }

    private void Describe(AdminToWorkerMessage message)
    {
        var asked = message.RequestConfigSchema.JobType;
        var handler = asked.Length == 0 && _handlers.Count == 1 ? _handlers.Values.First() : _handlers.GetValueOrDefault(asked);
        Send(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = message.RequestId,
                JobType = handler?.Descriptor.JobType ?? asked,
                Success = handler is not null,
                ErrorMessage = handler is not null ? "" : asked.Length == 0 ? "job_type is required" : $"job type {asked} is not known here; known are: {string.Join(", ", _handlers.Keys)}",
                JobTypeDescriptor = handler?.Descriptor,
            },
        });
    }

    private async Task PumpAsync()
    {
        var lastReport = 0L;
        while (true)
        {
            var wrote = false;
            for (var count = 0; count < 256 && _queue.Reader.TryRead(out var next); count++)
            {
                if (next.After is { } attempt)
                {
                    Report(attempt);
                }

                _call.RequestStream.Buffer(Stamped(next.Message));
                wrote = true;
            }

            if (_options.TimeProvider.GetElapsedTime(lastReport) >= ReportPause || _runner.Running.Any(attempt => attempt.IsPressing))
            {
                foreach (var attempt in _runner.Running)
                {
                    wrote |= Report(attempt);
                }

                lastReport = _options.TimeProvider.GetTimestamp();
            }

            TaskCompletionSource? flushed = null;
            if (_patient.Reader.TryRead(out var patient))
            {
                _call.RequestStream.Buffer(Stamped(patient.Message));
                (wrote, flushed) = (true, patient.Flushed);
            }

            if (wrote)
            {
                await _call.RequestStream.FlushAsync(_ended.Token).ConfigureAwait(false);
                flushed?.SetResult();
            }
            else if (_queue.Reader.Completion.IsCompleted)
            {
                await _call.RequestStream.CompleteAsync().ConfigureAwait(false);
                return;
            }
            else
            {
                await _wake.WaitAsync(_runner.Running.Count > 0 ? ReportPause : Timeout.InfiniteTimeSpan, _ended.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What an attempt has to say: its output, no more of it than is kept at a time, then its newest progress.</summary>
    private bool Report(RunningAttempt attempt)
    {
        const int most = 2 * LogRing.Capacity / LogRing.ChunkSize;
        var wrote = false;
        if (TakesOutput && !attempt.IsDetection)
        {
            for (var count = 0; count < most && attempt.TakeLog() is { } chunk; count++)
            {
                _call.RequestStream.Buffer(Stamped(new WorkerToAdminMessage { JobLog = chunk }));
                wrote = true;
            }
        }

        if (attempt.TakeProgress(_options.TimeProvider.GetUtcNow()) is { } update)
        {
            _call.RequestStream.Buffer(Stamped(new WorkerToAdminMessage { JobProgressUpdate = update }));
            wrote = true;
        }

        return wrote;
    }

    /// <summary>Every interval, and soon after each change of work.</summary>
    private async Task BeatAsync()
    {
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _changed, changed);
            Send(new WorkerToAdminMessage { Heartbeat = Heartbeat() });
            await Task.Delay(BeatPause, _options.TimeProvider, _ended.Token).ConfigureAwait(false);
            await changed.Task.WaitAsync(HeartbeatInterval - BeatPause, _options.TimeProvider, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ended.Token.ThrowIfCancellationRequested();
        }
    }

    private WorkerHeartbeat Heartbeat()
    {
        var (detections, executions) = _runner.Used;
        var beat = new WorkerHeartbeat
        {
            WorkerId = _workerId,
            DetectionSlotsUsed = detections,
            DetectionSlotsTotal = _options.DetectionSlots,
            ExecutionSlotsUsed = executions,
            ExecutionSlotsTotal = _options.ExecutionSlots,
            Metadata = { ["runtime"] = "dotnet" },
        };
        beat.RunningWork.AddRange(_runner.Running.Select(attempt => IsOurs ? Claimed(attempt) : attempt.Snapshot()));
        if (_runner.Draining)
        {
            beat.Metadata["draining"] = "true";
        }

        return beat;
    }

    private WorkerToAdminMessage Stamped(WorkerToAdminMessage message)
    {
        message.WorkerId = _workerId;
        message.SentAt = Timestamp.FromDateTimeOffset(_options.TimeProvider.GetUtcNow());
        return message;
    }

    private static string Either(string body, string envelope) => body.Length > 0 ? body : envelope;

    [LoggerMessage(10, LogLevel.Error, "A session failed")]
    private static partial void LogLoopFailed(ILogger logger, Exception exception);
}

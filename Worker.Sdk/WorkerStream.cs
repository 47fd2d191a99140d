using System.Collections.Frozen;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>One session: a reader, one pump that writes everything, heartbeats. Ends once, with a reason.</summary>
internal sealed partial class WorkerStream : IWorkerSession, IAsyncDisposable
{
    private static readonly GrpcMethod<WorkerToAdminMessage, AdminToWorkerMessage> Method =
        GrpcMethod.From<WorkerToAdminMessage, AdminToWorkerMessage>(PluginReflection.Descriptor.Services[0], "WorkerStream");

    /// <summary>What is asked for when the admin does not say.</summary>
    public static readonly TimeSpan UsualHeartbeat = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="UsualHeartbeat"/>
    public static readonly TimeSpan UsualReconnect = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FinishLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BeatPause = TimeSpan.FromMilliseconds(200);

    private readonly WorkerOptions _options;
    private readonly WorkRunner _runner;
    private readonly GrpcChannel _channel;
    private readonly DuplexCall<WorkerToAdminMessage, AdminToWorkerMessage> _call;
    private readonly Outbox _outbox;
    private readonly SelfDescription _self;
    private readonly AdminRequests _requests;

    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _over;
    private readonly TaskCompletionSource<SessionEnd> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<AdminToWorkerMessage> _early = [];
    private Task _reading = Task.CompletedTask;
    private Task _loops = Task.CompletedTask;
    private FrozenSet<string> _extensions = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<bool>? _reads;
    private bool _isGreeted;
    private bool _isHeard;
    private volatile bool _stopAsked;
    private volatile bool _isOver;
    private long _heard;

    private WorkerStream(WorkerOptions options, WorkRunner runner, IReadOnlyDictionary<string, IJobHandler> handlers, string workerId, string address)
    {
        _options = options;
        _runner = runner;
        _self = new SelfDescription(options, runner, handlers, workerId);
        _over = _ended.Token;
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
        _outbox = new Outbox(options, runner, workerId, _call.RequestStream, () => Close(CloseReason.ConnectionLost, "the admin does not read; the outgoing queue is full"), _over);
        _requests = new AdminRequests(this, runner, _self, _outbox, options.Logger, _over);
    }

    public string Address { get; }

    public string InstanceId { get; }

    public IReadOnlySet<string> Extensions => _extensions;

    public TimeSpan HeartbeatInterval { get; private set; } = UsualHeartbeat;

    public TimeSpan ReconnectDelay { get; private set; } = UsualReconnect;

    /// <summary>How long the admin's shutdown leaves for the work to finish.</summary>
    public TimeSpan ShutdownGrace { get; private set; } = TimeSpan.FromSeconds(30);

    public string AdminVersion { get; private set; } = "unknown";

    public bool IsOurs => _extensions.Count > 0;

    public bool IsOver => _isOver;

    public bool TakesOutput => _extensions.Contains("log");

    public bool Acknowledges => _extensions.Contains("ack");

    public bool Resumes => _extensions.Contains("resume");

    /// <summary>Completes when the session is over.</summary>
    public Task<SessionEnd> Closed => _closed.Task;

    /// <summary>Dials, says hello, waits for the admin's first word. Nothing is served before it begins.</summary>
    /// <exception cref="StartFailureException">Typed; nothing is left open.</exception>
    public static async Task<WorkerStream> OpenAsync(
        WorkerOptions options, WorkRunner runner, IReadOnlyDictionary<string, IJobHandler> handlers, string workerId, string address, bool claim, Action<string> keepToken, CancellationToken cancellationToken)
    {
        var stream = new WorkerStream(options, runner, handlers, workerId, address);
        var headers = stream.TakeHeadersAsync(keepToken);
        try
        {
            using var timeout = new CancellationTokenSource(options.RegistrationTimeout.AsTimer(), options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                await stream.GreetAsync(claim, headers, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stream._isHeard && !cancellationToken.IsCancellationRequested)
            {
                // Whoever asks for something has taken the worker. Without a hello it knows no extensions.
            }
            catch (OperationCanceledException exception)
            {
                throw cancellationToken.IsCancellationRequested
                    ? new StartFailureException(CloseReason.Canceled, "the start was cancelled", inner: exception)
                    : new StartFailureException(CloseReason.Timeout, $"no hello came from {address} within {options.RegistrationTimeout.TotalSeconds:0.#} s", inner: exception);
            }
            catch (RpcException exception)
            {
                await headers.ConfigureAwait(false);
                throw StreamEnds.Refusal(exception, address);
            }

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

    public void Send(WorkerToAdminMessage message, RunningAttempt? after = null) => _outbox.Put(message, after);

    public ValueTask SendAsync(WorkerToAdminMessage message, CancellationToken cancellationToken, RunningAttempt? after = null) => _outbox.PutAsync(message, cancellationToken, after);

    public void Wake() => _outbox.Wake();

    public void WorkChanged()
    {
        _changed.TrySetResult();
        Wake();
    }

    /// <summary>From here on every end is the one that was asked for.</summary>
    public void StopAsked() => _stopAsked = true;

    /// <summary>The first reason counts; once a stop was asked for, that is it.</summary>
    public void Close(CloseReason reason, string text, bool permanent = false)
    {
        _isOver = true;
        var end = _stopAsked ? new SessionEnd(CloseReason.StopRequested, "stop requested") : new SessionEnd(reason, text, permanent);
        if (!_closed.TrySetResult(end with { IsLoss = RestartPolicy.Restarts(reason, permanent) }))
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

    /// <summary>The admin goes, or has another worker of this id: work may end first, unless the session does so already.</summary>
    public void ShutDown(AdminShutdown shutdown)
    {
        if (!_stopAsked)
        {
            ShutdownGrace = shutdown.GracePeriodSeconds > 0 ? TimeSpan.FromSeconds(shutdown.GracePeriodSeconds) : ShutdownGrace;
            _closed.TrySetResult(new SessionEnd(shutdown.Reason == "replaced" ? CloseReason.Replaced : CloseReason.AdminShutdown, shutdown.Reason));
        }
    }

    /// <summary>
    /// Everything queued is written, then the stream is half-closed, and the admin gets a moment to end it too: a stream
    /// that is reset takes with it what the other side has not read yet.
    /// </summary>
    public async Task FinishAsync(CancellationToken hurry)
    {
        _outbox.Complete();
        await _reading.WithinAsync(FinishLimit, _options.TimeProvider, hurry).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Close(CloseReason.StopRequested, "the session was disposed");
        _outbox.Complete();

        // A shutdown by the admin closes a session whose loops go on, so that its work can be reported.
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        _call.Dispose();
        _channel.Dispose();
        _outbox.Dispose();
        _ended.Dispose();
    }

    /// <summary>Until the admin's hello. Some admins ask for schemas before it, and may wait for them; everything else has time.</summary>
    private async Task GreetAsync(bool claim, Task headers, CancellationToken cancellationToken)
    {
        await _call.RequestStream.WriteAsync(_outbox.Stamped(new WorkerToAdminMessage { Hello = _self.Hello(InstanceId, claim) }), cancellationToken).ConfigureAwait(false);
        while (!_isGreeted)
        {
            // A read that goes on when nobody waits for it any more: the session takes it over.
            _reads = _call.ResponseStream.MoveNextAsync(_over).AsTask();
            if (!await _reads.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new StartFailureException(CloseReason.Unreachable, $"{Address} ended the stream without a hello");
            }

            _reads = null;
            await headers.ConfigureAwait(false);
            var message = _call.ResponseStream.Current;
            switch (message.BodyCase)
            {
                case AdminToWorkerMessage.BodyOneofCase.Hello:
                    TakeHello(message.Hello);
                    break;
                case AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema:
                    _isHeard = true;
                    await _call.RequestStream.WriteAsync(_outbox.Stamped(_self.Schema(message)), cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    _isHeard = true;
                    _early.Add(message);
                    break;
            }
        }
    }

    /// <summary>
    /// As soon as they come. A token that is given in exchange makes the former one void, whatever becomes of this start: it is kept now.
    /// </summary>
    private async Task TakeHeadersAsync(Action<string> keepToken)
    {
        try
        {
            var headers = await _call.ResponseHeadersAsync().ConfigureAwait(false);
            AdminVersion = headers.Get("plugin-admin-version") ?? "unknown";
            if (headers.Get("plugin-token") is { Length: > 0 } token)
            {
                keepToken(token);
            }
        }
        catch (RpcException)
        {
            // None came; whoever reads hears why.
        }
    }

    private void TakeHello(AdminHello hello)
    {
        if (!hello.Accepted)
        {
            throw new StartFailureException(CloseReason.Rejected, hello.Message, StreamEnds.IsForGood(hello));
        }

        _isGreeted = true;
        _extensions = hello.Extensions.Intersect(_options.Extensions).ToFrozenSet(StringComparer.Ordinal);
        (_outbox.TakesOutput, _outbox.Acknowledges) = (TakesOutput, Acknowledges);
        HeartbeatInterval = hello.HeartbeatIntervalSeconds > 0 ? Beats(TimeSpan.FromSeconds(hello.HeartbeatIntervalSeconds)) : HeartbeatInterval;
        ReconnectDelay = hello.ReconnectDelaySeconds > 0 ? TimeSpan.FromSeconds(hello.ReconnectDelaySeconds) : ReconnectDelay;
    }

    /// <summary>A foreign admin hides silent workers after a time of its own, whatever its hello asks for.</summary>
    private TimeSpan Beats(TimeSpan asked) => IsOurs || asked < LongestSilence ? asked : LongestSilence;

    /// <summary>Requests are served from here on.</summary>
    public void Begin()
    {
        _runner.Attach(this);
        foreach (var attempt in _runner.Running)
        {
            attempt.Rewind();
        }

        foreach (var completed in _runner.Completions.All())
        {
            Send(new WorkerToAdminMessage { JobCompleted = completed });
        }

        _reading = GuardedAsync(ReadAsync);
        _loops = Task.WhenAll(_reading, GuardedAsync(_requests.WorkAsync), GuardedAsync(_outbox.PumpAsync), GuardedAsync(BeatAsync), GuardedAsync(CheckHealthAsync));
    }

    /// <summary>Nothing was heard for three intervals.</summary>
    private bool IsSilent => _options.TimeProvider.GetElapsedTime(Interlocked.Read(ref _heard)) >= 3 * HeartbeatInterval;

    /// <summary>Whatever ends a loop ends the session, with its reason.</summary>
    private async Task GuardedAsync(Func<Task> loop)
    {
        try
        {
            await loop().ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            var (reason, text, isPermanent) = StreamEnds.Meaning(exception, IsSilent);
            Close(reason, text, isPermanent);
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
        Interlocked.Exchange(ref _heard, _options.TimeProvider.GetTimestamp());
        foreach (var message in _early)
        {
            await _requests.TakeAsync(message).ConfigureAwait(false);
        }

        while (await (_reads ?? _call.ResponseStream.MoveNextAsync(_over).AsTask()).ConfigureAwait(false))
        {
            _reads = null;
            Interlocked.Exchange(ref _heard, _options.TimeProvider.GetTimestamp());
            await _outbox.RoomAsync().ConfigureAwait(false);
            await _requests.TakeAsync(_call.ResponseStream.Current).ConfigureAwait(false);
        }

        Close(CloseReason.ConnectionLost, "the admin ended the stream");
    }

    /// <summary>Every interval, and soon after each change of work.</summary>
    private async Task BeatAsync()
    {
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _changed, changed);
            Send(new WorkerToAdminMessage { Heartbeat = _self.Heartbeat(Resumes) });
            await Task.Delay(BeatPause, _options.TimeProvider, _over).ConfigureAwait(false);
            await changed.Task.WaitAsync((HeartbeatInterval - BeatPause).AsTimer(), _options.TimeProvider, _over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _over.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Beside the heartbeats: those go on while a handler thinks about its health.</summary>
    private async Task CheckHealthAsync()
    {
        while (true)
        {
            if (await _runner.Health.CheckAsync(_over).ConfigureAwait(false))
            {
                WorkChanged();
            }

            await Task.Delay(HeartbeatInterval.AsTimer(), _options.TimeProvider, _over).ConfigureAwait(false);
        }
    }

    [LoggerMessage(10, LogLevel.Error, "A session failed")]
    private static partial void LogLoopFailed(ILogger logger, Exception exception);
}

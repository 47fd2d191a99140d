using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>A call under way: a request stream, a response stream, and at its end a status. One writer and one reader at a time. Dispose cancels what has not ended.</summary>
public sealed class DuplexCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly GrpcChannelOptions _options;
    private readonly GrpcMethod<TRequest, TResponse> _method;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _ending;
    private readonly CancellationToken _ended;
    private readonly ITimer? _deadline;
    private readonly RequestContent _content = new();
    private readonly Task<Answer?> _opened;
    private volatile bool _deadlinePassed;
    private int _disposed;
    private volatile Outcome? _outcome;

    private DuplexCall(GrpcChannel channel, HttpMessageInvoker http, GrpcMethod<TRequest, TResponse> method, CallOptions options)
    {
        _options = channel.Options;
        _method = method;
        _caller = options.CancellationToken;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _ended = _ending.Token;
        if (options.Deadline is { } deadline)
        {
            _deadline = _options.TimeProvider.CreateTimer(_ => OnDeadline(deadline), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            OnDeadline(deadline);
        }

        RequestStream = new RequestWriter<TRequest>(_content, _options.MaxSendMessageSize, Failed, () => _opened!, _ended);
        ResponseStream = new ResponseReader<TResponse>(ReadAsync);
        _opened = OpenAsync(http, Request(channel, options));
    }

    /// <summary>What the client says.</summary>
    public RequestWriter<TRequest> RequestStream { get; }

    /// <summary>What the server says; reading past its end completes the call or throws its status.</summary>
    public ResponseReader<TResponse> ResponseStream { get; }

    /// <summary>Metadata the server sent before its first message.</summary>
    /// <exception cref="RpcException">The call ended before any headers came.</exception>
    public async Task<Metadata> ResponseHeadersAsync() =>
        await _opened.ConfigureAwait(false) is { } answer ? answer.Headers : throw _outcome!.AsException();

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended yet.</exception>
    public Status GetStatus() => _outcome?.Status ?? throw new InvalidOperationException("the call has not ended; read the response stream to its end");

    /// <summary>What the server sent with the status; empty before the call ended.</summary>
    public Metadata GetTrailers() => _outcome?.Trailers ?? [];

    /// <summary>Cancels the call unless it has ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        _deadline?.Dispose();
        _ending.Cancel();
        _content.Abort();
        _ending.Dispose();
    }

    internal static DuplexCall<TRequest, TResponse> Start(GrpcChannel channel, HttpMessageInvoker http, GrpcMethod<TRequest, TResponse> method, CallOptions options) =>
        new(channel, http, method, options);

    /// <summary>Sends the one request and half-closes. Never fails: what stops it ends the call, and the response says why.</summary>
    internal async Task SendOnlyAsync(TRequest request)
    {
        try
        {
            RequestStream.Buffer(request);
        }
        catch (RpcException exception)
        {
            End(exception.Status, exception.Trailers);
            return;
        }

        try
        {
            await RequestStream.FlushAsync().ConfigureAwait(false);
            await RequestStream.CompleteAsync().ConfigureAwait(false);
        }
        catch (RpcException)
        {
            // The call ended before everything was sent; reading the response says why.
        }
    }

    internal async Task<TResponse> ReadOnlyResponseAsync()
    {
        var response = await ReadAsync(default).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.Internal, "the call ended with OK but without a message"));
        return await ReadAsync(default).ConfigureAwait(false) is null
            ? response
            : throw new RpcException(new Status(StatusCode.Internal, "the call brought more than one message"));
    }

    private static Metadata Received(System.Net.Http.Headers.HttpHeadersNonValidated headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                metadata.AddReceived(name, value);
            }
        }

        return metadata;
    }

    private HttpRequestMessage Request(GrpcChannel channel, CallOptions options)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(channel.Address, _method.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = _content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip");
        request.Headers.TryAddWithoutValidation("user-agent", $"{_options.UserAgent} grpc-blazorpluginadmin/1.0".TrimStart());
        if (options.Deadline is { } deadline)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", DeadlineText.Encode(deadline - _options.TimeProvider.GetUtcNow()));
        }

        foreach (var entry in _options.Headers.Concat(options.Headers ?? []))
        {
            request.Headers.TryAddWithoutValidation(entry.Key, entry.Value);
        }

        return request;
    }

    /// <summary>Sends the request and waits for the headers; null when the call ended before they came.</summary>
    private async Task<Answer?> OpenAsync(HttpMessageInvoker http, HttpRequestMessage request)
    {
        try
        {
            var response = await http.SendAsync(request, _ended).ConfigureAwait(false);

            // Whatever ends the call resets its stream, read or not. A call that ended meanwhile does so here.
            _ended.UnsafeRegister(static open => ((HttpResponseMessage)open!).Dispose(), response);
            var headers = response.Headers.NonValidated;
            var metadata = Received(headers);
            if (headers.TryGetValues("grpc-status", out var code))
            {
                End(new Status(Status.ParseCode(code.ToString()), Message(headers)), metadata);
                return new Answer(response, metadata, PipeReader.Create(Stream.Null), Gzip: false);
            }

            var input = await response.Content.ReadAsStreamAsync(_ended).ConfigureAwait(false);
            var gzip = headers.TryGetValues("grpc-encoding", out var encoding) && encoding.ToString() == "gzip";
            if (response.StatusCode != HttpStatusCode.OK)
            {
                End(Status.FromHttp((int)response.StatusCode), []);
            }
            else if (response.Content.Headers.ContentType?.MediaType is var type && type?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
            {
                End(new Status(StatusCode.Unknown, $"the peer answered {type ?? "no content type"} instead of gRPC"), []);
            }

            return new Answer(response, metadata, PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 16 * 1024)), gzip);
        }
        catch (OperationCanceledException exception) when (_outcome is null && !_ended.IsCancellationRequested)
        {
            // Nobody here ended the call. Of a connection that breaks the handler sometimes hears through the request's body first, as a cancelled send.
            End(new Status(StatusCode.Unavailable, $"the connection broke before the peer answered: {exception.Message}"), []);
            return null;
        }
        catch (Exception exception)
        {
            // Whatever the connection throws is the end of this call and nothing else.
            End(Failed(exception));
            return null;
        }
    }

    private async ValueTask<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_outcome is null)
            {
                using var both = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended) : null;
                var message = await Framing.ReadAsync(answer!.Input, _method.ResponseParser, _options.MaxReceiveMessageSize, answer.Gzip, both?.Token ?? _ended).ConfigureAwait(false);
                if (message is not null)
                {
                    return message;
                }

                ReadTrailers(answer.Response);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !_ended.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException or RpcException or ObjectDisposedException)
        {
            End(Failed(exception));
        }

        return _outcome is { Status.Code: StatusCode.OK } ? null : throw _outcome!.AsException();
    }

    private void ReadTrailers(HttpResponseMessage response)
    {
        var trailers = response.TrailingHeaders.NonValidated;
        End(
            trailers.TryGetValues("grpc-status", out var code)
                ? new Status(Status.ParseCode(code.ToString()), Message(trailers))
                : new Status(StatusCode.Unknown, "the peer ended the stream without a status"),
            Received(trailers));
    }

    private static string Message(System.Net.Http.Headers.HttpHeadersNonValidated headers) =>
        headers.TryGetValues("grpc-message", out var message) ? PercentText.Decode(message.ToString()) : "";

    private void End(RpcException failure) => End(failure.Status, failure.Trailers, failure.IsUnreadable);

    /// <summary>The first end counts. Whoever still waits on the call is told.</summary>
    private void End(Status status, Metadata trailers, bool isUnreadable = false)
    {
        if (Interlocked.CompareExchange(ref _outcome, new Outcome(status, trailers, isUnreadable), null) is null)
        {
            _content.Abort();
            Cancel();
        }
    }

    private void Cancel()
    {
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Disposed meanwhile. Thrown on a timer's thread this would end the process.
        }
    }

    private void OnDeadline(DateTimeOffset deadline)
    {
        var left = deadline - _options.TimeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            _deadlinePassed = true;
            Cancel();
        }
        else
        {
            _deadline?.Change(left > DeadlineText.TimerCap ? DeadlineText.TimerCap : left, Timeout.InfiniteTimeSpan);
        }
    }

    private Status Ended() =>
        _deadlinePassed ? new Status(StatusCode.DeadlineExceeded, "the deadline passed")
        : _caller.IsCancellationRequested ? new Status(StatusCode.Cancelled, "the caller cancelled the call")
        : new Status(StatusCode.Cancelled, "the call was disposed");

    /// <summary>What an exception of the connection means for the caller.</summary>
    private RpcException Failed(Exception exception)
    {
        if (exception is RpcException rpc)
        {
            return rpc;
        }

        if (_outcome is { Status.Code: not StatusCode.OK } known)
        {
            return known.AsException(exception);
        }

        // A stream that is reset while it is read or written may throw anything; that the call was ended explains it.
        if (_outcome is null && _ended.IsCancellationRequested)
        {
            return new RpcException(Ended(), null, exception);
        }

        if (exception is ObjectDisposedException)
        {
            return new RpcException(new Status(StatusCode.Cancelled, "the channel was disposed"), null, exception);
        }

        if (exception is OperationCanceledException or InvalidOperationException)
        {
            return new RpcException(new Status(StatusCode.Cancelled, "the call has ended; nothing more can be sent"), null, exception);
        }

        return new RpcException(Status.FromConnection(exception), null, exception);
    }

    /// <summary>What came before the first message, and where the messages come from.</summary>
    private sealed record Answer(HttpResponseMessage Response, Metadata Headers, PipeReader Input, bool Gzip);

    /// <summary>How the call ended, once and for all.</summary>
    private sealed record Outcome(Status Status, Metadata Trailers, bool IsUnreadable)
    {
        public RpcException AsException(Exception? inner = null) => new(Status, Trailers, inner) { IsUnreadable = IsUnreadable };
    }
}

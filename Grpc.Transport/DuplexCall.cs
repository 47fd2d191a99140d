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
    private readonly CancellationTokenSource _ended;
    private readonly ITimer? _deadline;
    private readonly RequestContent _content = new();
    private readonly Task<HttpResponseMessage> _response;
    private volatile bool _deadlinePassed;
    private int _disposed;
    private volatile HttpResponseMessage? _answer;
    private Status? _status;
    private Metadata _trailers = [];
    private PipeReader? _input;
    private bool _gzip;

    private DuplexCall(GrpcChannel channel, HttpMessageInvoker http, GrpcMethod<TRequest, TResponse> method, CallOptions options)
    {
        _options = channel.Options;
        _method = method;
        _caller = options.CancellationToken;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        if (options.Deadline is { } deadline)
        {
            _deadline = _options.TimeProvider.CreateTimer(_ => OnDeadline(deadline), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            OnDeadline(deadline);
        }

        RequestStream = new RequestWriter<TRequest>(_content.Output, _options.MaxSendMessageSize, Failed, _ended.Token);
        ResponseStream = new ResponseReader<TResponse>(ReadAsync);
        _response = SendAsync(http, Request(channel, options));
    }

    /// <summary>What the client says.</summary>
    public RequestWriter<TRequest> RequestStream { get; }

    /// <summary>What the server says; reading past its end completes the call or throws its status.</summary>
    public ResponseReader<TResponse> ResponseStream { get; }

    /// <summary>Metadata the server sent before its first message.</summary>
    /// <exception cref="RpcException">The call ended before any headers came.</exception>
    public async Task<Metadata> ResponseHeadersAsync()
    {
        var response = await OpenedAsync(CancellationToken.None).ConfigureAwait(false);
        return Received(response.Headers.NonValidated);
    }

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended yet.</exception>
    public Status GetStatus() => _status ?? throw new InvalidOperationException("the call has not ended; read the response stream to its end");

    /// <summary>What the server sent with the status; empty before the call ended.</summary>
    public Metadata GetTrailers() => _trailers;

    /// <summary>Cancels the call unless it has ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        _deadline?.Dispose();
        _ended.Cancel();
        _content.Abort();
        _answer?.Dispose();
        _ended.Dispose();
    }

    internal static DuplexCall<TRequest, TResponse> Start(GrpcChannel channel, HttpMessageInvoker http, GrpcMethod<TRequest, TResponse> method, CallOptions options) =>
        new(channel, http, method, options);

    internal async Task SendOnlyAsync(TRequest request)
    {
        RequestStream.Buffer(request);
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
        request.Headers.TryAddWithoutValidation("user-agent", "grpc-blazorpluginadmin/1.0");
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

    private async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker http, HttpRequestMessage request)
    {
        try
        {
            var answer = await http.SendAsync(request, _ended.Token).ConfigureAwait(false);
            _answer = answer;
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            _content.Complete();
            throw Failed(exception);
        }
    }

    private async Task<HttpResponseMessage> OpenedAsync(CancellationToken cancellationToken)
    {
        var response = await _response.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_input is not null)
        {
            return response;
        }

        var headers = response.Headers.NonValidated;
        if (headers.TryGetValues("grpc-status", out var code))
        {
            End(new Status(Status.ParseCode(code.ToString()), Message(headers)), Received(headers));
        }
        else if (response.StatusCode != HttpStatusCode.OK)
        {
            End(Status.FromHttp((int)response.StatusCode), []);
        }

        _gzip = headers.TryGetValues("grpc-encoding", out var encoding) && encoding.ToString() == "gzip";
        _input = PipeReader.Create(await response.Content.ReadAsStreamAsync(_ended.Token).ConfigureAwait(false), new StreamPipeReaderOptions(bufferSize: 16 * 1024));
        return response;
    }

    private async ValueTask<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_status is { } known)
        {
            return known.Code == StatusCode.OK ? null : throw new RpcException(known, _trailers);
        }

        try
        {
            var response = await OpenedAsync(cancellationToken).ConfigureAwait(false);
            if (_status is null)
            {
                using var both = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token) : null;
                var message = await Framing.ReadAsync(_input!, _method.ResponseParser, _options.MaxReceiveMessageSize, _gzip, both?.Token ?? _ended.Token).ConfigureAwait(false);
                if (message is not null)
                {
                    return message;
                }

                ReadTrailers(response);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !_ended.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException or RpcException or ObjectDisposedException)
        {
            var failure = Failed(exception);
            End(failure.Status, failure.Trailers);
            _content.Abort();
        }

        _content.Complete();
        return _status is { Code: StatusCode.OK } ? null : throw new RpcException(_status!.Value, _trailers);
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

    private void End(Status status, Metadata trailers)
    {
        _status = status;
        _trailers = trailers;
    }

    private void OnDeadline(DateTimeOffset deadline)
    {
        var left = deadline - _options.TimeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            _deadlinePassed = true;
            try
            {
                _ended.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Disposed while the timer fired. Thrown on a timer's thread this would end the process.
            }
        }
        else
        {
            _deadline?.Change(left > DeadlineText.TimerCap ? DeadlineText.TimerCap : left, Timeout.InfiniteTimeSpan);
        }
    }

    private Status Ended() =>
        _deadlinePassed ? new Status(StatusCode.DeadlineExceeded, "the deadline passed")
        : _caller.IsCancellationRequested ? new Status(StatusCode.Cancelled, "the caller cancelled the call")
        : _ended.IsCancellationRequested ? new Status(StatusCode.Cancelled, "the call was disposed")
        : new Status(StatusCode.Cancelled, "the call has ended; nothing more can be sent");

    /// <summary>What an exception of the connection means for the caller.</summary>
    private RpcException Failed(Exception exception)
    {
        switch (exception)
        {
            case RpcException rpc:
                return rpc;
            case OperationCanceledException or InvalidOperationException:
                return new RpcException(_status is { } known && known.Code != StatusCode.OK ? known : Ended(), _trailers, exception);
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                return new RpcException(Status.FromReset(protocol.ErrorCode), null, exception);
            }
        }

        return new RpcException(new Status(StatusCode.Unavailable, exception.Message), null, exception);
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>What every call has in common: content type, limits, deadline, shutdown, and a status on every path.</summary>
public sealed partial class GrpcInvoker(GrpcServerOptions options, IHostApplicationLifetime lifetime, ILogger<GrpcInvoker> logger)
{
    /// <summary>HTTP/2 for "you overload me"; a client reads it as RESOURCE_EXHAUSTED.</summary>
    private const int EnhanceYourCalm = 11;

    internal GrpcServerOptions Options { get; } = options;

    /// <summary>Runs a handler for one HTTP request.</summary>
    internal async Task InvokeAsync(HttpContext http, Func<CallContext, bool, Task> handler)
    {
        if (!IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        http.Response.ContentType = "application/grpc";
        var encoding = http.Request.Headers["grpc-encoding"].ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            http.Response.Headers["grpc-accept-encoding"] = "identity,gzip";
            Finish(http, null, new Status(StatusCode.Unimplemented, $"messages compressed with {encoding} are not supported"));
            return;
        }

        var timeout = http.Request.Headers["grpc-timeout"].ToString();
        var left = TimeSpan.Zero;
        if (timeout.Length > 0 && !DeadlineText.TryDecode(timeout, out left))
        {
            Finish(http, null, new Status(StatusCode.Internal, "grpc-timeout cannot be read"));
            return;
        }

        Unlimited(http);
        await RunAsync(http, timeout.Length > 0 ? left : null, encoding == "gzip", handler);
    }

    /// <summary>Answers instead of the method: with that status for gRPC, 404 for anything else.</summary>
    internal static Task RefuseAsync(HttpContext http, Status status)
    {
        if (!IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.ContentType = "application/grpc";
        Finish(http, null, status);
        return Task.CompletedTask;
    }

    private async Task RunAsync(HttpContext http, TimeSpan? timeout, bool gzip, Func<CallContext, bool, Task> handler)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var deadline = timeout is { } span && span < TimeSpan.FromDays(36500) ? Options.TimeProvider.GetUtcNow() + span : (DateTimeOffset?)null;
        var deadlinePassed = false;
        using var timer = new ReArmedTimer(Options.TimeProvider, deadline, () =>
        {
            Volatile.Write(ref deadlinePassed, true);
            ended.CancelIfOpen();
        });
        using var stopping = new ShutdownTimer(Options, ended, lifetime.ApplicationStopping);
        var call = new CallContext(http, http.Request.Path, deadline, ended.Token, lifetime.ApplicationStopping);
        Status status;
        try
        {
            await handler(call, gzip);
            status = Status.OK;
        }
        catch (RpcException exception)
        {
            status = exception.Status;
            foreach (var entry in exception.Trailers)
            {
                call.ResponseTrailers.AddReceived(entry.Key, entry.Value);
            }
        }
        catch (Exception exception) when (IsEnd(exception, ended))
        {
            status = Volatile.Read(ref deadlinePassed) ? new Status(StatusCode.DeadlineExceeded, "the deadline passed")
                : lifetime.ApplicationStopping.IsCancellationRequested ? new Status(StatusCode.Unavailable, "the server is stopping")
                : new Status(StatusCode.Cancelled, "the client cancelled the call");
        }
        catch (Exception exception) when (exception is BadHttpRequestException or IOException)
        {
            status = new Status(StatusCode.Cancelled, "the client's stream broke");
        }
        catch (Exception exception)
        {
            LogHandlerFailed(logger, exception, call.Method);
            status = new Status(StatusCode.Unknown, "the handler failed; the server's log has the reason");
        }

        call.Close();
        if (call.IsFlushing)
        {
            http.Features.Get<IHttpResetFeature>()?.Reset(EnhanceYourCalm);
            return;
        }

        Finish(http, call, status);
    }

    /// <summary>The handler stopped because the call or the server does. A client may be seen to be gone before the token says so.</summary>
    private bool IsEnd(Exception exception, CancellationTokenSource ended) => exception switch
    {
        OperationCanceledException cancelled => ended.IsCancellationRequested || cancelled.CancellationToken == ended.Token || lifetime.ApplicationStopping.IsCancellationRequested,
        IOException or ObjectDisposedException => ended.IsCancellationRequested,
        _ => false,
    };

    /// <summary>The status as trailers, or together with the headers when nothing was sent yet.</summary>
    private static void Finish(HttpContext http, CallContext? call, Status status)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var response = http.Response;
        if (!response.HasStarted && call is not null)
        {
            foreach (var entry in call.ResponseHeaders)
            {
                response.Headers.Append(entry.Key, entry.Value);
            }
        }

        response.AppendTrailer("grpc-status", ((int)status.Code).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (status.Detail.Length > 0)
        {
            response.AppendTrailer("grpc-message", PercentText.Encode(status.Detail));
        }

        foreach (var entry in call?.ResponseTrailers ?? [])
        {
            response.AppendTrailer(entry.Key, entry.Value);
        }
    }

    private static bool IsGrpc(string? contentType) =>
        contentType is not null && contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == "application/grpc".Length || contentType["application/grpc".Length] is '+' or ';')
        && !contentType.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase);

    /// <summary>Streams live as long as they like and idle as long as they like.</summary>
    private static void Unlimited(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The handler of {Method} failed")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception, string method);
}

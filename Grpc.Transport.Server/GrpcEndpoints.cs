using System.Buffers;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>Maps methods to handlers.</summary>
public static class GrpcEndpoints
{
    /// <summary>Registers what calls need; once per host.</summary>
    public static IServiceCollection AddGrpcTransport(this IServiceCollection services, GrpcServerOptions? options = null)
    {
        var chosen = options ?? new GrpcServerOptions();
        MessageSize.Checked(chosen.MaxReceiveMessageSize, nameof(chosen.MaxReceiveMessageSize));
        MessageSize.Checked(chosen.MaxSendMessageSize, nameof(chosen.MaxSendMessageSize));
        return services.AddSingleton(chosen).AddSingleton<GrpcInvoker>();
    }

    /// <summary>Maps a method whose two sides both stream.</summary>
    public static IEndpointConventionBuilder MapGrpcDuplex<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, Func<RequestReader<TRequest>, ResponseWriter<TResponse>, CallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => endpoints.MapPost(method.Path, http => Invoker(http).InvokeAsync(http, (call, gzip) =>
            handler(Reader(http, method, call, gzip, call.WriteHeadersAsync), Writer(http, method, call), call)));

    /// <summary>Maps a method that takes one message and streams the answer.</summary>
    /// <param name="check">Looks at the bytes of a request that could be parsed, for what its parser lets pass; throws to refuse it.</param>
    public static IEndpointConventionBuilder MapGrpcServerStream<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, Func<TRequest, ResponseWriter<TResponse>, CallContext, Task> handler, Action<ReadOnlySequence<byte>>? check = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => endpoints.MapPost(method.Path, http => Invoker(http).InvokeAsync(http, async (call, gzip) =>
            await handler(await Reader(http, method, call, gzip, check: check).ReadOnlyAsync(), Writer(http, method, call), call)));

    /// <summary>Maps a method that takes a stream and answers with one message.</summary>
    public static IEndpointConventionBuilder MapGrpcClientStream<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, Func<RequestReader<TRequest>, CallContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => endpoints.MapPost(method.Path, http => Invoker(http).InvokeAsync(http, async (call, gzip) =>
            await Writer(http, method, call).WriteAsync(await handler(Reader(http, method, call, gzip), call))));

    /// <summary>Maps a method with one message each way.</summary>
    /// <param name="check">Looks at the bytes of a request that could be parsed, for what its parser lets pass; throws to refuse it.</param>
    public static IEndpointConventionBuilder MapGrpcUnary<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, Func<TRequest, CallContext, Task<TResponse>> handler, Action<ReadOnlySequence<byte>>? check = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => endpoints.MapPost(method.Path, http => Invoker(http).InvokeAsync(http, async (call, gzip) =>
            await Writer(http, method, call).WriteAsync(await handler(await Reader(http, method, call, gzip, check: check).ReadOnlyAsync(), call))));

    /// <summary>Answers a request that no method takes: UNIMPLEMENTED for gRPC, 404 for anything else.</summary>
    public static Task UnknownMethodAsync(HttpContext http) => RefuseAsync(http, new Status(StatusCode.Unimplemented, "this server has no such method"));

    /// <summary>Answers a request without calling its method: that status for gRPC, 404 for anything else.</summary>
    public static Task RefuseAsync(HttpContext http, Status status) => GrpcInvoker.RefuseAsync(http, status);

    private static GrpcInvoker Invoker(HttpContext http) => http.RequestServices.GetRequiredService<GrpcInvoker>();

    private static RequestReader<TRequest> Reader<TRequest, TResponse>(HttpContext http, GrpcMethod<TRequest, TResponse> method, CallContext call, bool gzip, Func<Task>? beforeFirst = null, Action<ReadOnlySequence<byte>>? check = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(http.Request.BodyReader, method.RequestParser, Invoker(http).Options.MaxReceiveMessageSize, gzip, call, beforeFirst, check);

    private static ResponseWriter<TResponse> Writer<TRequest, TResponse>(HttpContext http, GrpcMethod<TRequest, TResponse> method, CallContext call)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => new(call, Invoker(http).Options.MaxSendMessageSize);
}

using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>A method of a service, typed, read from the generated service descriptor.</summary>
/// <param name="ServiceName">Full name with package.</param>
/// <param name="Name">Name within the service.</param>
/// <param name="RequestParser">Reads requests.</param>
/// <param name="ResponseParser">Reads responses.</param>
/// <param name="ClientStreaming">The client sends any number of messages.</param>
/// <param name="ServerStreaming">The server sends any number of messages.</param>
public sealed record GrpcMethod<TRequest, TResponse>(
    string ServiceName,
    string Name,
    MessageParser<TRequest> RequestParser,
    MessageParser<TResponse> ResponseParser,
    bool ClientStreaming,
    bool ServerStreaming)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>The HTTP/2 path: <c>/package.Service/Method</c>.</summary>
    public string Path => $"/{ServiceName}/{Name}";
}

/// <summary>Finds methods in generated descriptors.</summary>
public static class GrpcMethod
{
    /// <summary>The method of that name.</summary>
    /// <exception cref="ArgumentException">The service has no such method, or its types differ.</exception>
    public static GrpcMethod<TRequest, TResponse> From<TRequest, TResponse>(ServiceDescriptor service, string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = service.FindMethodByName(name) ?? throw new ArgumentException($"{service.FullName} has no method {name}", nameof(name));
        return method.InputType.Parser is MessageParser<TRequest> request && method.OutputType.Parser is MessageParser<TResponse> response
            ? new GrpcMethod<TRequest, TResponse>(service.FullName, name, request, response, method.IsClientStreaming, method.IsServerStreaming)
            : throw new ArgumentException($"{service.FullName}.{name} takes {method.InputType.FullName} and returns {method.OutputType.FullName}", nameof(name));
    }
}

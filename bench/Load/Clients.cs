using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>What clients call.</summary>
internal static class Clients
{
    public static readonly GrpcMethod<SubmitRequest, SubmitResponse> Submit = Method<SubmitRequest, SubmitResponse>("Submit");

    public static readonly GrpcMethod<WatchLogsRequest, LogChunk> WatchLogs = Method<WatchLogsRequest, LogChunk>("WatchLogs");

    private static GrpcMethod<TRequest, TResponse> Method<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        GrpcMethod.From<TRequest, TResponse>(JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobService"), name);
}

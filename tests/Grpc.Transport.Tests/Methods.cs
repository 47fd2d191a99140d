using BlazorPluginAdmin.Interop.Tests.Wire;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>One method of each kind, and messages for them.</summary>
internal static class Methods
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = InteropReflection.Descriptor.Services[0];

    public static readonly GrpcMethod<SimpleRequest, SimpleResponse> Unary = GrpcMethod.From<SimpleRequest, SimpleResponse>(Service, "UnaryCall");

    public static readonly GrpcMethod<StreamingOutputCallRequest, StreamingOutputCallResponse> ServerStream =
        GrpcMethod.From<StreamingOutputCallRequest, StreamingOutputCallResponse>(Service, "StreamingOutputCall");

    public static readonly GrpcMethod<StreamingInputCallRequest, StreamingInputCallResponse> ClientStream =
        GrpcMethod.From<StreamingInputCallRequest, StreamingInputCallResponse>(Service, "StreamingInputCall");

    public static readonly GrpcMethod<StreamingOutputCallRequest, StreamingOutputCallResponse> Duplex =
        GrpcMethod.From<StreamingOutputCallRequest, StreamingOutputCallResponse>(Service, "FullDuplexCall");

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Payload Bytes(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    public static StreamingOutputCallRequest Request(int size) => new() { Payload = Bytes(size) };

    public static StreamingOutputCallResponse Response(int size) => new() { Payload = Bytes(size) };

    /// <summary>The wait is for a signal; the limit only keeps a broken build from hanging.</summary>
    public static Task InTimeAsync(this Task task) => task.WaitAsync(Patience, TimeProvider.System);

    /// <inheritdoc cref="InTimeAsync(Task)"/>
    public static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(Patience, TimeProvider.System);

    public static async Task<RpcException> FailsAsync(StatusCode code, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => call().InTimeAsync());
        Assert.Equal(code, failure.StatusCode);
        return failure;
    }

    public static TaskCompletionSource<T> Signal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

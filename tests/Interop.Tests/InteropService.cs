using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Grpc.Transport.Server.Health;
using BlazorPluginAdmin.Grpc.Transport.Server.Reflection;
using BlazorPluginAdmin.Grpc.Transport.Tests;
using BlazorPluginAdmin.Interop.Tests.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Routing;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>Our side of the cases as a server, beside the standard services. What it does not map is unimplemented.</summary>
internal static class InteropService
{
    private const string InitialKey = "x-grpc-test-echo-initial";
    private const string TrailingKey = "x-grpc-test-echo-trailing-bin";

    public static Task<GrpcHost> StartAsync() => GrpcHost.StartAsync(Map);

    private static void Map(IEndpointRouteBuilder endpoints)
    {
        var service = InteropReflection.Descriptor.Services[0];
        endpoints.MapGrpcUnary(GrpcMethod.From<Empty, Empty>(service, "EmptyCall"), (_, _) => Task.FromResult(new Empty()));
        endpoints.MapGrpcUnary(GrpcMethod.From<SimpleRequest, SimpleResponse>(service, "UnaryCall"), UnaryAsync);
        endpoints.MapGrpcClientStream(GrpcMethod.From<StreamingInputCallRequest, StreamingInputCallResponse>(service, "StreamingInputCall"), SumAsync);
        endpoints.MapGrpcServerStream(
            GrpcMethod.From<StreamingOutputCallRequest, StreamingOutputCallResponse>(service, "StreamingOutputCall"),
            (request, responses, call) => AnswerAsync(request, responses, call));
        endpoints.MapGrpcDuplex(GrpcMethod.From<StreamingOutputCallRequest, StreamingOutputCallResponse>(service, "FullDuplexCall"), AnswerEachAsync);
        endpoints.MapGrpcHealth(new HealthService());
        endpoints.MapGrpcReflection(service, HealthReflection.Descriptor.Services[0]);
    }

    private static Task<SimpleResponse> UnaryAsync(SimpleRequest request, CallContext call)
    {
        Echo(call);
        Refuse(request.ResponseStatus);
        return Task.FromResult(new SimpleResponse { Payload = Zeros(request.ResponseSize) });
    }

    private static async Task<StreamingInputCallResponse> SumAsync(RequestReader<StreamingInputCallRequest> requests, CallContext call)
    {
        var sum = 0;
        await foreach (var request in requests.ReadAllAsync())
        {
            sum += request.Payload.Body.Length;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = sum };
    }

    private static async Task AnswerEachAsync(RequestReader<StreamingOutputCallRequest> requests, ResponseWriter<StreamingOutputCallResponse> responses, CallContext call)
    {
        Echo(call);
        await foreach (var request in requests.ReadAllAsync())
        {
            await AnswerAsync(request, responses, call);
        }
    }

    private static async Task AnswerAsync(StreamingOutputCallRequest request, ResponseWriter<StreamingOutputCallResponse> responses, CallContext call)
    {
        Refuse(request.ResponseStatus);
        foreach (var wanted in request.ResponseParameters)
        {
            if (wanted.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(wanted.IntervalUs), TimeProvider.System, call.CancellationToken);
            }

            await responses.WriteAsync(new StreamingOutputCallResponse { Payload = Zeros(wanted.Size) });
        }
    }

    private static void Refuse(EchoStatus? wanted)
    {
        if (wanted is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)wanted.Code, wanted.Message));
        }
    }

    private static void Echo(CallContext call)
    {
        if (call.RequestHeaders.Get(InitialKey) is { } initial)
        {
            call.ResponseHeaders.Add(InitialKey, initial);
        }

        if (call.RequestHeaders.GetBytes(TrailingKey) is { } trailing)
        {
            call.ResponseTrailers.Add(TrailingKey, trailing);
        }
    }

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}

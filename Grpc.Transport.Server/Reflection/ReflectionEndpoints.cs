using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace BlazorPluginAdmin.Grpc.Transport.Server.Reflection;

/// <summary>Maps the reflection service in both versions that clients ask for; they differ in the package name only.</summary>
public static class ReflectionEndpoints
{
    /// <summary>Describes the given services, and itself.</summary>
    public static IEnumerable<IEndpointConventionBuilder> MapGrpcReflection(this IEndpointRouteBuilder endpoints, params ServiceDescriptor[] services)
    {
        var v1 = V1.ReflectionV1Reflection.Descriptor.Services[0];
        var alpha = V1Alpha.ReflectionV1AlphaReflection.Descriptor.Services[0];
        var catalogue = new ServiceCatalogue([.. services, v1, alpha]);
        return
        [
            endpoints.MapGrpcDuplex(
                GrpcMethod.From<V1.ServerReflectionRequest, V1.ServerReflectionResponse>(v1, "ServerReflectionInfo"),
                async (requests, responses, _) =>
                {
                    await foreach (var request in requests.ReadAllAsync())
                    {
                        await responses.WriteAsync(catalogue.Answer(request));
                    }
                }),
            endpoints.MapGrpcDuplex(
                GrpcMethod.From<V1Alpha.ServerReflectionRequest, V1Alpha.ServerReflectionResponse>(alpha, "ServerReflectionInfo"),
                async (requests, responses, _) =>
                {
                    // Same fields, same numbers: the bytes of one version are the bytes of the other.
                    await foreach (var request in requests.ReadAllAsync())
                    {
                        var answer = catalogue.Answer(V1.ServerReflectionRequest.Parser.ParseFrom(request.ToByteString()));
                        await responses.WriteAsync(V1Alpha.ServerReflectionResponse.Parser.ParseFrom(answer.ToByteString()));
                    }
                }),
        ];
    }
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using static BlazorPluginAdmin.Grpc.Transport.Server.Health.HealthCheckResponse.Types;

namespace BlazorPluginAdmin.Grpc.Transport.Server.Health;

/// <summary>The standard health service. The server as a whole has the empty name.</summary>
public sealed class HealthService
{
    private readonly ConcurrentDictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal) { [""] = ServingStatus.Serving };
    private volatile TaskCompletionSource _changed = NewSignal();

    /// <summary>Sets the status of a service, and tells whoever watches.</summary>
    public void Set(string service, bool serving)
    {
        _statuses[service] = serving ? ServingStatus.Serving : ServingStatus.NotServing;
        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
    }

    internal Task<HealthCheckResponse> CheckAsync(HealthCheckRequest request, CallContext call) =>
        _statuses.TryGetValue(request.Service, out var status)
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(new Status(StatusCode.NotFound, $"service {request.Service} is not known"));

    internal Task<HealthListResponse> ListAsync(HealthListRequest request, CallContext call) => Task.FromResult(new HealthListResponse
    {
        Statuses = { _statuses.ToDictionary(entry => entry.Key, entry => new HealthCheckResponse { Status = entry.Value }) },
    });

    internal async Task WatchAsync(HealthCheckRequest request, ResponseWriter<HealthCheckResponse> responses, CallContext call)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, call.ShutdownToken);
        ServingStatus? told = null;
        while (true)
        {
            // Taken before the look, so that a change in between is not missed.
            var changed = _changed.Task;
            var status = _statuses.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown);
            if (status != told)
            {
                await responses.WriteAsync(new HealthCheckResponse { Status = status });
                told = status;
            }

            await changed.WaitAsync(either.Token);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Maps the health service.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps Check, List and Watch.</summary>
    public static IEnumerable<IEndpointConventionBuilder> MapGrpcHealth(this IEndpointRouteBuilder endpoints, HealthService health)
    {
        var service = HealthReflection.Descriptor.Services[0];
        return
        [
            endpoints.MapGrpcUnary(GrpcMethod.From<HealthCheckRequest, HealthCheckResponse>(service, "Check"), health.CheckAsync),
            endpoints.MapGrpcUnary(GrpcMethod.From<HealthListRequest, HealthListResponse>(service, "List"), health.ListAsync),
            endpoints.MapGrpcServerStream(GrpcMethod.From<HealthCheckRequest, HealthCheckResponse>(service, "Watch"), health.WatchAsync),
        ];
    }
}

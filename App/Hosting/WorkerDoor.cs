using BlazorPluginAdmin.Grpc.Transport.Server;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>Marks what only the worker port serves. That port speaks HTTP/2 alone and the other one HTTP/1 alone, so the protocol tells them apart.</summary>
public sealed class WorkerDoor
{
    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var isForWorkers = http.GetEndpoint()?.Metadata.GetMetadata<WorkerDoor>() is not null;
        if (HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            return isForWorkers ? next(http) : GrpcEndpoints.UnknownMethodAsync(http);
        }

        if (!isForWorkers)
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>Marks what only the worker port serves. That port speaks HTTP/2 alone and the other one HTTP/1 alone, so the protocol tells them apart.</summary>
/// <param name="isForWorkers">False: for clients. Who may be a worker may take jobs, and no more: what a client submits runs on the workers of everybody, so until clients prove who they are they come from this machine, as people do.</param>
public sealed class WorkerDoor(bool isForWorkers)
{
    private bool IsForWorkers => isForWorkers;

    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var door = http.GetEndpoint()?.Metadata.GetMetadata<WorkerDoor>();
        if (HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            return door is null ? GrpcEndpoints.UnknownMethodAsync(http)
                : door.IsForWorkers || Door.IsLocal(http.Connection.RemoteIpAddress) ? next(http)
                : GrpcEndpoints.RefuseAsync(http, new Status(StatusCode.PermissionDenied, "clients are served on the admin's own machine only; come through an SSH tunnel"));
        }

        if (door is null)
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

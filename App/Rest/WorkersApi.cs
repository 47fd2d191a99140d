using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.Rest;

public static class WorkersApi
{
    public sealed record DrainBody(bool? Enabled, string? Reason);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/workers", (IAdmin admin, string? lane) => WireJson.Json(admin.Views.Current.Value.Workers
            .Where(view => view.Session is not null)
            .Where(view => string.IsNullOrEmpty(lane) || view.Worker.Capabilities.Keys.Any(type => Lanes.Of(type) == lane))
            .OrderBy(view => view.Worker.Id)
            .Select(ApiObjects.Worker)));
        api.MapPost("/workers/{*id}", async (IAdmin admin, string id, HttpRequest request, CancellationToken cancellationToken) =>
        {
            const string Suffix = "/drain";
            if (!id.EndsWith(Suffix, StringComparison.Ordinal))
            {
                return WireJson.Error(StatusCodes.Status404NotFound, "workers know the verb drain: POST /api/plugin/workers/{id}/drain");
            }

            var (body, problem) = await Bodies.ReadAsync<DrainBody>(request, cancellationToken);
            return problem ?? Replies.From(
                await admin.SendAsync(new DrainWorker(Actor.LocalRest, new WorkerId(id[..^Suffix.Length]), body?.Enabled ?? true, body?.Reason ?? ""), cancellationToken),
                worker => WireJson.Json(new { worker_id = worker.Id.Value, draining = worker.Draining }));
        });
    }
}

using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.Rest;

public static class WorkersApi
{
    public sealed record DrainBody(bool? Enabled, string? Reason);

    public sealed record AdmissionBody(bool? Allowed, string? Reason);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/workers", (IAdmin admin, string? lane) => WireJson.Json(admin.Views.Current.Value.Workers
            .Where(view => view.Session is not null)
            .Where(view => string.IsNullOrEmpty(lane) || view.Worker.Capabilities.Keys.Any(type => admin.States.Current.Value.JobType(type).Rules.Lane == lane))
            .OrderBy(view => view.Worker.Id)
            .Select(ApiObjects.Worker)));
        api.MapDelete("/workers/{id}", async (IAdmin admin, Caller caller, string id, CancellationToken cancellationToken) => Replies.From(
            await admin.SendAsync(new ForgetWorker(caller.By, Named(id)), cancellationToken), forgotten => WireJson.Json(new { worker_id = forgotten.Id.Value, deleted = true })));
        api.MapPost("/workers/{id}/admission", AdmitAsync);
        // Asks; how long the answer took stands on the worker when it has come.
        api.MapPost("/workers/{id}/ping", async (IAdmin admin, Caller caller, string id, CancellationToken cancellationToken) => Replies.From(
            await admin.SendAsync(new PingWorker(caller.By, Named(id)), cancellationToken),
            asked => WireJson.Json(new { worker_id = asked.Id.Value, asked = true }, StatusCodes.Status202Accepted)));
        api.MapPost("/workers/{id}/drain", async (IAdmin admin, Caller caller, string id, HttpRequest request, CancellationToken cancellationToken) =>
        {
            var (body, problem) = await Bodies.ReadAsync<DrainBody>(request, cancellationToken);
            return problem ?? Replies.From(
                await admin.SendAsync(new DrainWorker(caller.By, Named(id), body?.Enabled ?? true, body?.Reason ?? ""), cancellationToken),
                drained => WireJson.Json(new { worker_id = drained.Id.Value, draining = drained.Draining }));
        });
    }

    private static async Task<IResult> AdmitAsync(IAdmin admin, Caller caller, string id, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<AdmissionBody>(request, cancellationToken);
        if (problem is not null || body?.Allowed is not { } allowed)
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "allowed is required: true lets the worker in, false keeps it out");
        }

        return Replies.From(
            await admin.SendAsync(new AdmitWorker(caller.By, Named(id), allowed, body.Reason ?? ""), cancellationToken),
            worker => WireJson.Json(new { worker_id = worker.Id.Value, admission = ApiObjects.Snake(worker.Admission.ToString()) }));
    }

    /// <summary>Ids may have slashes; everything else of the path is decoded when it arrives here.</summary>
    private static WorkerId Named(string id) => new(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
}

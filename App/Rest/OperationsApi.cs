using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Long actions that were asked for with <c>?async=true</c>: a detection, a run, or a job, by its own id.</summary>
public static class OperationsApi
{
    public static IResult Accepted(string id) => Results.Accepted($"/api/plugin/operations/{Uri.EscapeDataString(id)}", new { operation_id = id });

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/operations/{id}", async (IAdmin admin, string id, CancellationToken cancellationToken) =>
    {
        if (admin.States.Current.Value.Operations.FirstOrDefault(operation => operation.Id == id) is { } bulk)
        {
            return WireJson.Json(BulkApi.Object(bulk));
        }

        var request = new RequestId(id);
        var detection = admin.States.Current.Value.Detections.GetValueOrDefault(request) ?? await admin.History.DetectionAsync(request, cancellationToken);
        if (detection is not null)
        {
            return WireJson.Json(new { operation_id = id, kind = "detection", done = !detection.IsOpen && detection.Counts.Open <= 0, detection = ApiObjects.Detection(detection) });
        }

        var job = admin.States.Current.Value.Jobs.GetValueOrDefault(new JobId(id)) ?? (await admin.History.JobAsync(new JobId(id), cancellationToken))?.Job;
        return job is null
            ? WireJson.Error(StatusCodes.Status404NotFound, "operation not found")
            : WireJson.Json(new { operation_id = id, kind = "job", done = job.IsTerminal, job = ApiObjects.Job(job) });
    });
}

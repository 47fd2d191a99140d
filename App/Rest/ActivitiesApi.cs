using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

public static class ActivitiesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/activities", async (IAdmin admin, string? job_type, string? job_id, string? lane, string? limit, CancellationToken cancellationToken) =>
        {
            var types = Lanes.Types(admin.Views.Current.Value, job_type, lane);
            if (types is { Count: 0 })
            {
                return WireJson.Json(Array.Empty<object>());
            }

            var filter = new ActivityFilter { JobTypes = [.. types ?? []], Job = job_id is { Length: > 0 } ? new JobId(job_id) : null, Limit = Queries.Number(limit, 500, 5000) };
            return WireJson.Json((await admin.History.ActivitiesAsync(filter, cancellationToken)).Select(ApiObjects.Activity));
        });
    }
}

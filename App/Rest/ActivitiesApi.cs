using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.Rest;

public static class ActivitiesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/activities", async (IAdmin admin, TimeProvider time, [AsParameters] Asked asked, string? limit, CancellationToken cancellationToken) =>
            asked.Problem(time.GetUtcNow()) is { } problem ? problem
                : asked.Filter(admin, time.GetUtcNow()) is { } filter
                ? WireJson.Json((await admin.History.ActivitiesAsync(filter with { Limit = Queries.Number(limit, 500, 5000) }, cancellationToken)).Select(ApiObjects.Activity))
                : WireJson.Json(Array.Empty<object>()));
        api.MapGet("/activities/export", (IAdmin admin, TimeProvider time, [AsParameters] Asked asked, string? format, CancellationToken cancellationToken) =>
            asked.Problem(time.GetUtcNow()) ?? ListExport.Problem(format) ?? ActivityExport.Of(admin, asked.Filter(admin, time.GetUtcNow()), format == "json", cancellationToken));
    }

    /// <summary>The same names as in the address of the page, where it has them.</summary>
    private sealed record Asked(string? job_type, string? job_id, string? lane, string? worker_id, string? source, string? severity, string? q, string? since, string? until)
    {
        /// <summary>Null: it can be asked. What nobody understands is not left out, for then more would be found than was asked for.</summary>
        public IResult? Problem(DateTimeOffset now)
        {
            var text = severity is not (null or "" or "normal" or "warning" or "bad") ? "severity is normal, warning or bad, and means that or worse"
                : TimeTerm.Between(since ?? "", until ?? "", now) is not { } at ? "since and until are an age like 2h, today, a date or an instant like 2026-01-02T10:00Z"
                : at.From > at.Until ? "since is later than until"
                : null;
            return text is null ? null : WireJson.Error(StatusCodes.Status400BadRequest, text);
        }

        /// <summary>Null: nothing can be in it.</summary>
        public ActivityFilter? Filter(IAdmin admin, DateTimeOffset now)
        {
            var types = Lanes.Types(admin.Views.Current.Value, job_type, lane);
            return types is { Count: 0 }
                ? null
                : new ActivityFilter
                {
                    JobTypes = [.. types ?? []],
                    Job = job_id is { Length: > 0 } ? new JobId(job_id) : null,
                    Worker = worker_id is { Length: > 0 } ? new WorkerId(worker_id) : null,
                    Sources = source is { Length: > 0 } ? ActivitySources.Of(source) is { IsEmpty: false } known ? known : [source] : [],
                    Severity = severity switch { "warning" => ActivitySeverity.Warning, "bad" => ActivitySeverity.Bad, _ => ActivitySeverity.Normal },
                    Text = q ?? "",
                    At = TimeTerm.Between(since ?? "", until ?? "", now) ?? default,
                };
        }
    }
}

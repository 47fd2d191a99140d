using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>What is kept, and for how long.</summary>
public static class RetentionApi
{
    /// <summary>What is left out stays as it is.</summary>
    public sealed record RetentionBody(double? JobsDays, int? RunsKept, int? Activities, int? DetectionsPerJobType, int? ConfigVersions);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/retention", (IAdmin admin) => Retention(admin.Views.Current.Value.Retention.Limits));
        api.MapPut("/retention", SaveAsync);
        api.MapDelete("/retention", async (IAdmin admin, Caller caller, CancellationToken cancellationToken) =>
            Replies.From(await admin.SendAsync(new SaveRetention(caller.By, null), cancellationToken), Retention));
    }

    private static async Task<IResult> SaveAsync(IAdmin admin, Caller caller, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<RetentionBody>(request, cancellationToken);
        if (problem is not null || body is null || body.JobsDays is not null and not (> 0 and <= 3650))
        {
            return problem ?? WireJson.Error(StatusCodes.Status400BadRequest, "say what to change: jobs_days (0.05 to 3650), runs_kept, activities, detections_per_job_type, config_versions");
        }

        var before = admin.Views.Current.Value.Retention.Limits;
        var limits = new RetentionLimits(
            body.JobsDays is { } days ? TimeSpan.FromDays(days) : before.Jobs,
            body.Activities ?? before.Activities,
            body.DetectionsPerJobType ?? before.DetectionsPerJobType,
            body.ConfigVersions ?? before.ConfigVersions,
            body.RunsKept ?? before.RunsKept);
        return Replies.From(await admin.SendAsync(new SaveRetention(caller.By, limits), cancellationToken), Retention);
    }

    private static IResult Retention(RetentionLimits limits) => WireJson.Json(new
    {
        jobs_days = limits.Jobs.TotalDays,
        runs_kept = limits.RunsKept,
        activities = limits.Activities,
        detections_per_job_type = limits.DetectionsPerJobType,
        config_versions = limits.ConfigVersions,
    });
}

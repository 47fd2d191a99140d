using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Schedules;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Rest;

public static class JobTypesApi
{
    public sealed record PauseBody(bool? Paused, string? Reason, DateTimeOffset? Until);

    public sealed record ArchiveBody(bool? Archived);

    public sealed record QuietBody(string? From, string? To, IReadOnlyList<string>? Days);

    public sealed record TimetableBody(string? Cron, string? TimeZone, IReadOnlyList<QuietBody>? Quiet);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/job-types", (IAdmin admin, string? lane) => WireJson.Json(Lanes.In(admin.Views.Current.Value, lane)
            .Select(type => new { job_type = type.Name, display_name = type.DisplayName, weight = type.Weight })));
        api.MapGet("/job-types/{type}/descriptor", (IAdmin admin, string type) => admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor is { } descriptor
            ? WireJson.Proto(DescriptorMapper.ToWire(descriptor))
            : WireJson.Error(StatusCodes.Status404NotFound, "descriptor not found"));
        api.MapDelete("/job-types/{type}", async (IAdmin admin, Caller caller, string type, CancellationToken cancellationToken) => Replies.From(
            await admin.SendAsync(new ForgetJobType(caller.By, type), cancellationToken), name => WireJson.Json(new { job_type = name, deleted = true })));
        api.MapPost("/job-types/{type}/archive", ArchiveAsync);
        api.MapGet("/job-types/{type}/timetable", (IAdmin admin, string type) => admin.States.Current.Value.JobTypes.TryGetValue(type, out var known)
            ? WireJson.Json(TimetableOf(known.Timetable))
            : WireJson.Error(StatusCodes.Status404NotFound, $"job type {type} is not known"));
        api.MapPut("/job-types/{type}/timetable", SetTimetableAsync);
        api.MapPost("/job-types/{type}/schema", SchemaAsync);
        api.MapGet("/job-types/{type}/runs", RunsAsync);
        api.MapPost("/job-types/{type}/pause", async (IAdmin admin, Caller caller, string type, HttpRequest request, CancellationToken cancellationToken) =>
        {
            var (body, problem) = await Bodies.ReadAsync<PauseBody>(request, cancellationToken);
            return problem ?? Replies.From(
                await admin.SendAsync(new PauseJobType(caller.By, type, body?.Paused ?? true, body?.Reason ?? "", body?.Until), cancellationToken),
                name => WireJson.Json(new { job_type = name, paused = body?.Paused ?? true }));
        });
    }

    private static async Task<IResult> SetTimetableAsync(IAdmin admin, Caller caller, string type, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<TimetableBody>(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var windows = new List<QuietWindow>();
        foreach (var window in body?.Quiet ?? [])
        {
            if (TimetableText.Window($"{window?.From}-{window?.To} {string.Join(' ', window?.Days ?? [])}") is not { } read)
            {
                return WireJson.Error(StatusCodes.Status400BadRequest, "quiet: a window has from and to as HH:mm, and days of mon tue wed thu fri sat sun or none for every day");
            }

            windows.Add(read);
        }

        var timetable = new Timetable { Cron = body?.Cron?.Trim() ?? "", TimeZone = body?.TimeZone is { Length: > 0 } zone ? zone : "UTC", Quiet = [.. windows] };
        return Replies.From(await admin.SendAsync(new SetTimetable(caller.By, type, timetable), cancellationToken), set => WireJson.Json(TimetableOf(set)));
    }

    private static object TimetableOf(Timetable timetable) => new
    {
        cron = timetable.Cron,
        time_zone = timetable.TimeZone,
        quiet = timetable.Quiet.Select(window => new { from = $"{window.From:HH\\:mm}", to = $"{window.To:HH\\:mm}", days = window.Days.IsDefaultOrEmpty ? [] : window.Days.Select(TimetableText.Day) }),
    };

    private static async Task<IResult> ArchiveAsync(IAdmin admin, Caller caller, string type, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<ArchiveBody>(request, cancellationToken);
        var archived = body?.Archived ?? true;
        return problem ?? Replies.From(
            await admin.SendAsync(new ArchiveJobType(caller.By, type, archived), cancellationToken), name => WireJson.Json(new { job_type = name, archived }));
    }

    private static async Task<IResult> SchemaAsync(IAdmin admin, Caller caller, Waits waits, string type, string? force_refresh, CancellationToken cancellationToken)
    {
        if (await waits.DescribedAsync(new RefreshSchema(caller.By, type, Queries.Flag(force_refresh)), cancellationToken) is { } refusal)
        {
            return refusal.Code == RefusalCode.PermissionDenied ? Replies.From(refusal) : WireJson.Error(StatusCodes.Status500InternalServerError, refusal.Text);
        }

        return admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor is { } descriptor
            ? WireJson.Proto(DescriptorMapper.ToWire(descriptor))
            : WireJson.Error(StatusCodes.Status500InternalServerError, $"no worker described {type}; the activities say why");
    }

    private static async Task<IResult> RunsAsync(IAdmin admin, string type, CancellationToken cancellationToken)
    {
        var good = await admin.History.RunsAsync(type, succeeded: true, 10, cancellationToken);
        var bad = await admin.History.RunsAsync(type, succeeded: false, 10, cancellationToken);
        return WireJson.Json(new
        {
            job_type = type,
            successful_runs = good.Select(ApiObjects.Run),
            error_runs = bad.Select(ApiObjects.Run),
            last_updated_time = good.Concat(bad).Select(job => job.CompletedAt).Max(),
        });
    }
}

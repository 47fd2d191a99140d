using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Jobs that are submitted again and again, or once, at their time. An id in an address may also be a name.</summary>
public static class SchedulesApi
{
    private const int UsualPreview = 5;
    private const int LongestPreview = 100;

    /// <summary>One of cron, every and at. Durations are texts like 30s, or seconds. What <c>spec</c> of an answer has can be sent back as it is.</summary>
    /// <param name="Zone">Of cron; UTC when left out.</param>
    /// <param name="Anchor">Of every; the moment it is saved when left out.</param>
    /// <param name="Overlap">skip, queue, allow, cancel.</param>
    /// <param name="CatchUp">once, none, all.</param>
    /// <param name="Version">Of PUT: refused when it has another by now.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record ScheduleBody(
        string? Name,
        string? Cron,
        string? Zone,
        JsonElement? Every,
        DateTimeOffset? Anchor,
        DateTimeOffset? At,
        string? Overlap,
        string? CatchUp,
        JsonElement? Jitter,
        JsonElement? QueueTtl,
        JsonElement? Deadline,
        SubmitApi.SubmitBody? Job,
        long? Version,
        bool? DryRun);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record PauseBody(string? Reason, DateTimeOffset? Until);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/schedules", (IAdmin admin) =>
        {
            var state = admin.States.Current.Value;
            return WireJson.Json(new { schedules = ScheduleView.All(state.Schedules, state.Pause, []).Select(view => ScheduleJson.Schedule(view, state)) });
        });
        api.MapGet("/schedules/preview", Preview);
        api.MapPost("/schedules", (IAdmin admin, Caller caller, HttpContext http, CancellationToken cancellationToken) => SaveAsync(admin, caller, null, http, cancellationToken));
        api.MapGet("/schedules/{id}", (IAdmin admin, string id) => Find(admin, id) is { } schedule ? Shown(admin, schedule) : Unknown());
        api.MapPut("/schedules/{id}", async (IAdmin admin, Caller caller, string id, HttpContext http, CancellationToken cancellationToken) =>
            Find(admin, id) is { } schedule ? await SaveAsync(admin, caller, schedule.Id, http, cancellationToken) : Unknown());
        api.MapDelete("/schedules/{id}", (IAdmin admin, Caller caller, string id, CancellationToken cancellationToken) => ActAsync(admin, id, known => new DeleteSchedule(caller.By, known), cancellationToken));
        api.MapPost("/schedules/{id}/pause", PauseAsync);
        api.MapPost("/schedules/{id}/resume", (IAdmin admin, Caller caller, string id, CancellationToken cancellationToken) => ActAsync(admin, id, known => new ResumeSchedule(caller.By, known), cancellationToken));
        api.MapPost("/schedules/{id}/run", async (IAdmin admin, JobAnswers answers, Caller caller, string id, CancellationToken cancellationToken) => Find(admin, id) is { } schedule
            ? await Replies.FromAsync(await admin.SendAsync(new RunScheduleNow(caller.By, schedule.Id), cancellationToken), async job => WireJson.Json(await answers.ActedAsync(job, cancellationToken), StatusCodes.Status201Created))
            : Unknown());
    }

    private static async Task<IResult> SaveAsync(IAdmin admin, Caller caller, ScheduleId? id, HttpContext http, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<ScheduleBody>(http.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var (command, refused) = SubmitApi.Command(admin, caller, body?.Job, http.Request);
        if (command is null)
        {
            return refused!;
        }

        var template = JobTemplate.From(command);
        if (!template.IsAccepted)
        {
            return Replies.From(template.Refusal);
        }

        var errors = new List<FieldError>();
        var rule = Rule(body!.Cron, body.Zone, SubmitApi.Duration("every", body.Every, errors), body.Anchor, body.At, errors);
        var spec = new ScheduleSpec(body.Name ?? "", rule!, template.Value with
        {
            QueueTtl = SubmitApi.Duration("queue_ttl", body.QueueTtl, errors),
            Deadline = SubmitApi.Duration("deadline", body.Deadline, errors),
        })
        {
            Overlap = Word<OverlapPolicy>("overlap", body.Overlap, errors),
            CatchUp = Word<CatchUpPolicy>("catch_up", body.CatchUp, errors),
            Jitter = SubmitApi.Duration("jitter", body.Jitter, errors) ?? TimeSpan.Zero,
        };
        if (errors.Count > 0)
        {
            return SubmitApi.Unreadable(errors);
        }

        var save = new SaveSchedule(caller.By, spec, id, body.Version) { DryRun = body.DryRun ?? command.DryRun };
        return Replies.From(await admin.SendAsync(save, cancellationToken), saved =>
        {
            var answer = ScheduleJson.Schedule(ScheduleView.One(saved.Schedule, admin.States.Current.Value), admin.States.Current.Value);
            answer["warnings"] = saved.Warnings.IsEmpty ? null : JsonSerializer.SerializeToNode(saved.Warnings);
            if (save.DryRun)
            {
                answer["dry_run"] = true;
                return WireJson.Json(answer);
            }

            http.Response.Headers.Location = $"{http.Request.PathBase}/api/plugin/schedules/{saved.Schedule.Id}";
            return WireJson.Json(answer, id is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        });
    }

    private static async Task<IResult> PauseAsync(IAdmin admin, Caller caller, string id, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<PauseBody>(request, cancellationToken);
        return problem ?? await ActAsync(admin, id, known => new PauseSchedule(caller.By, known, body?.Reason ?? "", body?.Until), cancellationToken);
    }

    private static IResult Preview(TimeProvider time, string? cron, string? zone, string? every, string? anchor, string? at, string? after, string? count)
    {
        var errors = new List<FieldError>();
        var (from, interval) = (At("after", after, errors), every is null ? null : SubmitApi.Duration("every", JsonSerializer.SerializeToElement(every), errors));
        var rule = Rule(cron, zone, interval, At("anchor", anchor, errors), At("at", at, errors), errors);
        return Queries.Number("count", count, UsualPreview, 1, LongestPreview, out var most)
            ?? (errors.Count > 0 ? SubmitApi.Unreadable(errors) : Replies.From(
                SchedulePreview.Of(rule!, from ?? time.GetUtcNow(), most),
                runs => WireJson.Json(new { runs = runs.Select(run => new { at = run.At.ToUniversalTime(), local = run.Local, note = WireJson.Some(run.Note) }) })));
    }

    /// <summary>As in a body: without an offset it is UTC, wherever the admin runs.</summary>
    private static DateTimeOffset? At(string field, string? text, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return JsonSerializer.SerializeToElement(text).Deserialize<DateTimeOffset>(WireJson.Options);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            errors.Add(new FieldError("", field, FieldErrorCodes.Kind, $"{field} is an instant like 2026-12-01T09:00:00Z"));
            return null;
        }
    }

    /// <summary>Null: with what is wrong.</summary>
    private static ScheduleRule? Rule(string? cron, string? zone, TimeSpan? every, DateTimeOffset? anchor, DateTimeOffset? at, List<FieldError> errors)
    {
        if (errors.Count > 0)
        {
            return null;
        }

        if ((cron is null ? 0 : 1) + (every is null ? 0 : 1) + (at is null ? 0 : 1) != 1)
        {
            errors.Add(new FieldError("", "cron", FieldErrorCodes.Required, "one of cron, every and at is wanted"));
            return null;
        }

        return cron is not null ? new ScheduleRule.Cron(cron, zone is { Length: > 0 } ? zone : "UTC")
            : every is { } interval ? new ScheduleRule.Every(interval, anchor)
            : new ScheduleRule.Once(at!.Value);
    }

    private static T Word<T>(string field, string? text, List<FieldError> errors)
        where T : struct, Enum
    {
        var words = Enum.GetValues<T>();
        foreach (var word in words.Where(word => text is null or "" || ApiObjects.Snake(word.ToString()) == text))
        {
            return word;
        }

        errors.Add(new FieldError("", field, FieldErrorCodes.Option, $"{field} is one of {string.Join(", ", words.Select(word => ApiObjects.Snake(word.ToString())))}"));
        return default;
    }

    private static async Task<IResult> ActAsync(IAdmin admin, string id, Func<ScheduleId, Command<JobSchedule>> command, CancellationToken cancellationToken) => Find(admin, id) is { } schedule
        ? Replies.From(await admin.SendAsync(command(schedule.Id), cancellationToken), after => Shown(admin, after))
        : Unknown();

    private static JobSchedule? Find(IAdmin admin, string id) => admin.States.Current.Value.Schedules.Find(id);

    private static IResult Shown(IAdmin admin, JobSchedule schedule) =>
        WireJson.Json(ScheduleJson.Schedule(ScheduleView.One(schedule, admin.States.Current.Value), admin.States.Current.Value));

    private static IResult Unknown() => WireJson.Error(StatusCodes.Status404NotFound, "schedule not found");
}

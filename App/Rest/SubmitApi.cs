using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>One job: submitted, waited for, changed while it waits, repeated.</summary>
public static class SubmitApi
{
    /// <summary>Durations are texts like 30s, or seconds; a priority is 0–100, or a word. A misspelt member is an error, not ignored.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record SubmitBody(
        string? JobType,
        JsonElement? Parameters,
        JsonElement? Priority,
        string? Summary,
        string? Detail,
        Dictionary<string, string>? Labels,
        Dictionary<string, string>? RequireLabels,
        string? DedupeKey,
        DateTimeOffset? NotBefore,
        DateTimeOffset? ExpiresAt,
        DateTimeOffset? Deadline,
        JsonElement? AttemptTimeout,
        int? RetryLimit,
        JsonElement? RetryBackoff,
        bool? RequireWorker,
        bool? DryRun);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record RetryBody(bool? Now, JsonElement? Parameters, JsonElement? Priority);

    /// <param name="Labels">Set; one that is empty is taken away.</param>
    /// <param name="ExpectedVersion">The version that was read: refused when the job has another by now.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record UpdateBody(JsonElement? Priority, Dictionary<string, string>? Labels, long? ExpectedVersion);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/jobs", SubmitAsync);
        api.MapGet("/jobs/{id}", GetAsync);
        api.MapPatch("/jobs/{id}", UpdateAsync);
        api.MapPost("/jobs/{id}/retry", RetryAsync);
        api.MapPost("/jobs/{id}/release", async (IAdmin admin, JobAnswers answers, Caller caller, string id, CancellationToken cancellationToken) =>
            await Replies.FromAsync(await admin.ReleaseAsync(caller.By, new JobId(id), cancellationToken), async job => WireJson.Json(await answers.ActedAsync(job, cancellationToken), StatusCodes.Status201Created)));
    }

    private static async Task<IResult> SubmitAsync(IAdmin admin, JobAnswers answers, Caller caller, HttpContext http, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<SubmitBody>(http.Request, cancellationToken);
        var (command, refused) = problem is null ? Command(admin, caller, body, http.Request) : (null, problem);
        if (command is null)
        {
            return refused!;
        }

        return await Replies.FromAsync(await admin.SendAsync(command, cancellationToken), async submission =>
        {
            var answer = submission.Payload is { } payload ? answers.Whole(new JobRecord(submission.Job, payload, null, [])) : await answers.ActedAsync(submission.Job, cancellationToken);
            if (!submission.Warnings.IsEmpty)
            {
                answer["warnings"] = new JsonArray([.. submission.Warnings.Select(warning => JsonValue.Create(warning))]);
            }

            if (command.DryRun && !submission.Existing)
            {
                answer["dry_run"] = true;
                return WireJson.Json(answer);
            }

            http.Response.Headers.Location = $"{http.Request.PathBase}/api/plugin/jobs/{Uri.EscapeDataString(submission.Job.Id.Value)}";
            answer["existing"] = submission.Existing;
            return WireJson.Json(answer, submission.Existing ? StatusCodes.Status200OK : StatusCodes.Status201Created);
        });
    }

    /// <summary>Null: with what is wrong.</summary>
    internal static (SubmitJob? Command, IResult? Problem) Command(IAdmin admin, Caller caller, SubmitBody? body, HttpRequest request)
    {
        if (body?.JobType is not { Length: > 0 })
        {
            return (null, WireJson.Error(StatusCodes.Status400BadRequest, "job_type is required"));
        }

        var (errors, unread) = (new List<FieldError>(), new List<FieldError>());
        var parameters = Parameters(admin, body.JobType, body.Parameters, unread);
        var command = new SubmitJob(
            caller.Submitter, body.JobType, JobOrigin.Rest, new JobPayload(body.Detail ?? "", parameters ?? ConfigValues.Empty), body.Summary ?? "", Priority(body.Priority, errors),
            Labels(body.Labels, body.RequireLabels), DedupeKey: body.DedupeKey ?? "", NotBefore: body.NotBefore, ExpiresAt: body.ExpiresAt,
            AttemptTimeout: Duration("attempt_timeout", body.AttemptTimeout, errors), RetryLimit: body.RetryLimit)
        {
            IdempotencyKey = request.Headers["Idempotency-Key"].ToString(),
            Deadline = body.Deadline,
            RetryBackoff = Duration("retry_backoff", body.RetryBackoff, errors),
            RequireWorker = body.RequireWorker ?? false,
            DryRun = body.DryRun ?? false,
            Written = parameters is null ? null : body.Parameters,
            Unread = [.. unread],
        };
        return errors.Count > 0 ? (null, Unreadable(errors)) : (command, null);
    }

    private static async Task<IResult> GetAsync(IAdmin admin, JobAnswers answers, Waits waits, string id, string? wait, CancellationToken cancellationToken)
    {
        if (Wait(wait, out var span) is { } wrong)
        {
            return wrong;
        }

        if (span > TimeSpan.Zero && await JobsApi.FindAsync(admin, id, cancellationToken) is { Job.IsTerminal: false })
        {
            await waits.JobAsync(new JobId(id), span, cancellationToken);
        }

        return await JobsApi.FindAsync(admin, id, cancellationToken) is { } record
            ? WireJson.Json(answers.Whole(record))
            : WireJson.Error(StatusCodes.Status404NotFound, "job not found");
    }

    private static async Task<IResult> UpdateAsync(IAdmin admin, JobAnswers answers, Caller caller, string id, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<UpdateBody>(request, cancellationToken);
        var errors = new List<FieldError>();
        var priority = Priority(body?.Priority, errors);
        if (problem is not null || errors.Count > 0)
        {
            return problem ?? Unreadable(errors);
        }

        var command = new UpdateJob(caller.By, new JobId(id), priority, Labels(body?.Labels is { Count: > 0 } labels ? labels : null, null), body?.ExpectedVersion);
        return await JobsApi.ActAsync(admin, answers, id, command, cancellationToken);
    }

    private static async Task<IResult> RetryAsync(IAdmin admin, JobAnswers answers, Caller caller, string id, HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, problem) = await Bodies.ReadAsync<RetryBody>(request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var errors = new List<FieldError>();
        var priority = Priority(body?.Priority, errors);
        ConfigValues? parameters = null;
        if (body?.Parameters is { ValueKind: not JsonValueKind.Null } && await JobsApi.FindAsync(admin, id, cancellationToken) is { } record)
        {
            parameters = Parameters(admin, record.Job.JobType, body.Parameters, errors);
        }

        return errors.Count > 0
            ? Unreadable(errors)
            : await Replies.FromAsync(
                await admin.RetryAsync(caller.By, new JobId(id), cancellationToken, new RetryChanges(body?.Now ?? false, parameters is { Count: > 0 } ? parameters : null, priority)),
                async job => WireJson.Json(await answers.ActedAsync(job, cancellationToken), job.Id.Value == id ? StatusCodes.Status200OK : StatusCodes.Status201Created));
    }

    private static ConfigValues? Parameters(IAdmin admin, string jobType, JsonElement? json, List<FieldError> errors)
    {
        if (json is not { ValueKind: not JsonValueKind.Null } given)
        {
            return null;
        }

        var (parameters, wrong) = ParametersJson.Read(admin.States.Current.Value.JobTypes.GetValueOrDefault(jobType)?.Descriptor, given);
        errors.AddRange(wrong);
        return parameters;
    }

    internal static int? Priority(JsonElement? json, List<FieldError> errors)
    {
        if (json is not { ValueKind: not JsonValueKind.Null } given)
        {
            return null;
        }

        var read = given.ValueKind == JsonValueKind.Number ? PriorityTerm.One(given.GetRawText()) : given.ValueKind == JsonValueKind.String ? PriorityTerm.One(given.GetString()!) : null;
        if (read is null)
        {
            errors.Add(new FieldError("", "priority", FieldErrorCodes.Kind, "a priority is a number from 0 to 100, or low, normal, high, critical"));
        }

        return read;
    }

    internal static TimeSpan? Duration(string field, JsonElement? json, List<FieldError> errors)
    {
        if (json is not { ValueKind: not JsonValueKind.Null } given)
        {
            return null;
        }

        var text = given.ValueKind == JsonValueKind.String ? given.GetString() : given.ValueKind == JsonValueKind.Number ? given.GetRawText() : null;
        if (DurationText.TryParse(text, out var read) && Math.Abs(read.Seconds) < 1_000_000_000)
        {
            return TimeSpan.FromSeconds(read.Seconds) + TimeSpan.FromMicroseconds(read.Nanos / 1000);
        }

        errors.Add(new FieldError("", field, FieldErrorCodes.Kind, $"{field} is a duration like 30s, 10m or 2h"));
        return null;
    }

    private static ImmutableSortedDictionary<string, string>? Labels(Dictionary<string, string>? labels, Dictionary<string, string>? required) =>
        labels is null && required is null ? null : (labels ?? []).Concat((required ?? []).Select(label => KeyValuePair.Create(DispatchPlanner.Selector + label.Key, label.Value)))
            .GroupBy(label => label.Key, label => label.Value, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(label => label.Key, label => label.Last() ?? "", StringComparer.Ordinal);

    /// <summary>How long to wait; none when nothing is said. Null: no problem.</summary>
    internal static IResult? Wait(string? text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        if (text is null)
        {
            return null;
        }

        if (!DurationText.TryParse(text, out var asked) || asked.Seconds < 0 || asked.Seconds > Waits.Longest.TotalSeconds)
        {
            return WireJson.Error(StatusCodes.Status400BadRequest, "wait is a duration like 30s, at most 60s");
        }

        span = TimeSpan.FromSeconds(asked.Seconds) + TimeSpan.FromMicroseconds(asked.Nanos / 1000);
        return null;
    }

    internal static IResult Unreadable(List<FieldError> errors) => Replies.From(new Refusal(
        RefusalCode.Invalid, errors.Count == 1 ? errors[0].Message : $"{errors.Count} values are not valid", [.. errors]));
}

using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Schedules → the objects of the API. <c>spec</c> is what a PUT takes.</summary>
internal static class ScheduleJson
{
    public static JsonObject Schedule(ScheduleView view, AdminState state)
    {
        var schedule = view.Schedule;
        return JsonSerializer.SerializeToNode(
            new
            {
                schedule_id = schedule.Id.Value,
                name = schedule.Name,
                version = schedule.Version,
                phase = view.Phase,
                rule_text = ScheduleRules.Text(schedule.Spec.Rule),
                next_at = schedule.NextAt,
                next_start = view.NextStart,
                upcoming = view.Upcoming,
                last_at = schedule.LastAt,
                runs = schedule.Runs.Select(run => new { instant = run.Instant, at = run.At, outcome = ApiObjects.Snake(run.Outcome.ToString()), job_id = run.Job?.Value, text = WireJson.Some(run.Text), times = run.Times }),
                skipped = schedule.Skipped,
                missed = schedule.Missed,
                open_job_ids = view.Open.Select(job => job.Value),
                waiting = schedule.Waiting,
                pause = schedule.Pause is { } pause ? new { reason = pause.Reason, by = pause.By, at = pause.At, until = pause.Until } : null,
                created_by = schedule.CreatedBy,
                created_at = schedule.CreatedAt,
                updated_by = schedule.UpdatedBy,
                updated_at = schedule.UpdatedAt,
                spec = Spec(schedule.Spec, state),
            },
            WireJson.Options)!.AsObject();
    }

    private static JsonNode Spec(ScheduleSpec spec, AdminState state)
    {
        var template = spec.Template;
        var (cron, every, once) = (spec.Rule as ScheduleRule.Cron, spec.Rule as ScheduleRule.Every, spec.Rule as ScheduleRule.Once);
        var node = JsonSerializer.SerializeToNode(
            new
            {
                name = spec.Name,
                cron = cron?.Expression,
                zone = cron?.Zone,
                every = Length(every?.Interval),
                anchor = every?.Anchor,
                at = once?.At,
                overlap = ApiObjects.Snake(spec.Overlap.ToString()),
                catch_up = ApiObjects.Snake(spec.CatchUp.ToString()),
                jitter = spec.Jitter > TimeSpan.Zero ? Length(spec.Jitter) : null,
                queue_ttl = Length(template.QueueTtl),
                deadline = Length(template.Deadline),
                job = new
                {
                    job_type = template.JobType,
                    summary = WireJson.Some(template.Summary),
                    detail = WireJson.Some(template.Payload.Detail),
                    priority = template.Priority,
                    labels = template.Labels.IsEmpty ? null : template.Labels,
                    attempt_timeout = Length(template.AttemptTimeout),
                    retry_limit = template.RetryLimit,
                    retry_backoff = Length(template.RetryBackoff),
                    require_worker = template.RequireWorker ? true : (bool?)null,
                },
            },
            WireJson.Options)!;
        ApiObjects.AddValues(node["job"]!.AsObject(), "parameters", SecretFields.Masked(state.JobType(template.JobType).Descriptor?.WorkerForm, template.Payload.Parameters));
        return node;
    }

    private static string? Length(TimeSpan? span) => span is { } length ? DurationText.Format(ConfigValue.Duration.From(length)) : null;
}

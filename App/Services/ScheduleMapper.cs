using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using Google.Protobuf.WellKnownTypes;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Schedules ↔ messages, nothing else.</summary>
internal static class ScheduleMapper
{
    public static ScheduleRule Rule(V1.ScheduleRule? rule) => rule?.RuleCase switch
    {
        V1.ScheduleRule.RuleOneofCase.Cron => new ScheduleRule.Cron(rule.Cron.Expression, rule.Cron.Zone.Length > 0 ? rule.Cron.Zone : "UTC"),
        V1.ScheduleRule.RuleOneofCase.Every => new ScheduleRule.Every(ClientMapper.Span(rule.Every.Interval, "every") ?? TimeSpan.Zero, ClientMapper.At(rule.Every.Anchor, "anchor")),
        V1.ScheduleRule.RuleOneofCase.Once => new ScheduleRule.Once(ClientMapper.At(rule.Once, "at")!.Value),
        _ => throw ClientErrors.Invalid("rule", "rule is required: cron, every or once"),
    };

    public static OverlapPolicy Overlap(V1.ScheduleOverlap overlap) => overlap switch
    {
        V1.ScheduleOverlap.Unspecified or V1.ScheduleOverlap.Skip => OverlapPolicy.Skip,
        V1.ScheduleOverlap.Queue => OverlapPolicy.Queue,
        V1.ScheduleOverlap.Allow => OverlapPolicy.Allow,
        V1.ScheduleOverlap.Cancel => OverlapPolicy.Cancel,
        _ => throw ClientErrors.Invalid("overlap", "overlap is skip, queue, allow or cancel"),
    };

    public static CatchUpPolicy CatchUp(V1.ScheduleCatchUp policy) => policy switch
    {
        V1.ScheduleCatchUp.Unspecified or V1.ScheduleCatchUp.Once => CatchUpPolicy.Once,
        V1.ScheduleCatchUp.None => CatchUpPolicy.None,
        V1.ScheduleCatchUp.All => CatchUpPolicy.All,
        _ => throw ClientErrors.Invalid("catch_up", "catch_up is once, none or all"),
    };

    public static V1.Schedule Schedule(ScheduleView view, AdminState state)
    {
        var schedule = view.Schedule;
        return new V1.Schedule
        {
            ScheduleId = schedule.Id.Value,
            Spec = Spec(schedule.Spec, state),
            Version = schedule.Version,
            Phase = view.Phase,
            RuleText = ScheduleRules.Text(schedule.Spec.Rule),
            NextAt = ApiObjects.Stamp(schedule.NextAt),
            NextStart = ApiObjects.Stamp(view.NextStart),
            Upcoming = { view.Upcoming.Select(Timestamp.FromDateTimeOffset) },
            LastAt = ApiObjects.Stamp(schedule.LastAt),
            Runs = { schedule.Runs.Select(Run) },
            Skipped = schedule.Skipped,
            Missed = schedule.Missed,
            OpenJobIds = { view.Open.Select(job => job.Value) },
            Waiting = { schedule.Waiting.Select(Timestamp.FromDateTimeOffset) },
            Pause = schedule.Pause is { } pause ? new V1.SchedulePause { Reason = pause.Reason, By = pause.By, At = ApiObjects.Stamp(pause.At), Until = ApiObjects.Stamp(pause.Until) } : null,
            CreatedBy = schedule.CreatedBy,
            CreatedAt = ApiObjects.Stamp(schedule.CreatedAt),
            UpdatedBy = schedule.UpdatedBy,
            UpdatedAt = ApiObjects.Stamp(schedule.UpdatedAt),
        };
    }

    private static V1.ScheduleSpec Spec(ScheduleSpec spec, AdminState state)
    {
        var template = spec.Template;
        var job = new V1.SubmitRequest
        {
            JobType = template.JobType,
            Summary = template.Summary,
            Detail = template.Payload.Detail,
            AttemptTimeout = Length(template.AttemptTimeout),
            RetryBackoff = Length(template.RetryBackoff),
            RequireWorker = template.RequireWorker,
        };
        if (template.Priority is { } priority)
        {
            job.Priority = priority;
        }

        if (template.RetryLimit is { } retries)
        {
            job.RetryLimit = retries;
        }

        foreach (var (name, value) in template.Labels)
        {
            var isRequired = name.StartsWith(DispatchPlanner.Selector, StringComparison.Ordinal);
            (isRequired ? job.RequireLabels : job.Labels)[isRequired ? name[DispatchPlanner.Selector.Length..] : name] = value;
        }

        ConfigValueMapper.ToWire(SecretFields.Masked(state.JobType(template.JobType).Descriptor?.WorkerForm, template.Payload.Parameters), job.Parameters);
        return new V1.ScheduleSpec
        {
            Name = spec.Name,
            Rule = spec.Rule switch
            {
                ScheduleRule.Cron cron => new V1.ScheduleRule { Cron = new V1.CronRule { Expression = cron.Expression, Zone = cron.Zone } },
                ScheduleRule.Every every => new V1.ScheduleRule { Every = new V1.EveryRule { Interval = Length(every.Interval), Anchor = ApiObjects.Stamp(every.Anchor) } },
                ScheduleRule.Once once => new V1.ScheduleRule { Once = ApiObjects.Stamp(once.At) },
                _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Rule.GetType().Name, "unknown rule"),
            },
            Job = job,
            QueueTtl = Length(template.QueueTtl),
            Deadline = Length(template.Deadline),
            Overlap = (V1.ScheduleOverlap)((int)spec.Overlap + 1),
            CatchUp = (V1.ScheduleCatchUp)((int)spec.CatchUp + 1),
            Jitter = spec.Jitter > TimeSpan.Zero ? Length(spec.Jitter) : null,
        };
    }

    private static V1.ScheduledRun Run(ScheduledRun run) => new()
    {
        Instant = ApiObjects.Stamp(run.Instant),
        At = ApiObjects.Stamp(run.At),
        Outcome = ApiObjects.Snake(run.Outcome.ToString()),
        JobId = run.Job?.Value ?? "",
        Text = run.Text,
        Times = run.Times,
    };

    private static Duration? Length(TimeSpan? span) => span is { } length ? Duration.FromTimeSpan(length) : null;
}

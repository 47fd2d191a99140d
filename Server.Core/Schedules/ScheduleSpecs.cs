using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>What people write of a schedule: completed with what they leave out, and everything that is wrong with it.</summary>
internal static class ScheduleSpecs
{
    private const int LongestName = 64;

    /// <summary>Last parts of addresses that stand where the name of a schedule would.</summary>
    private static readonly string[] Reserved = ["new", "preview"];

    /// <summary>
    /// The spec as it would be stored. A secret that a form could not show comes back as stars or not at all: it stays what it was, as
    /// long as the schedule stays with its job type.
    /// </summary>
    public static ScheduleSpec Completed(Turn turn, ScheduleSpec spec, JobSchedule? before)
    {
        var rule = spec.Rule is ScheduleRule.Every { Anchor: var anchor } every
            ? every with { Anchor = anchor is null && before?.Spec.Rule is ScheduleRule.Every same && same.Interval == every.Interval ? same.Anchor : WholeSecond(anchor ?? turn.Now.Wall) }
            : spec.Rule is ScheduleRule.Once once ? new ScheduleRule.Once(WholeSecond(once.At))
            : spec.Rule;
        return spec with { Name = spec.Name.Trim(), Rule = rule, Template = WithSecrets(turn, spec.Template, before?.Spec.Template) };
    }

    public static (Refusal? Refusal, ImmutableArray<string> Warnings) Check(Turn turn, ScheduleSpec spec, JobSchedule? before, Actor by)
    {
        var now = turn.Now;
        ImmutableArray<FieldError> errors = [.. Own(spec), .. ScheduleRules.Errors(spec.Rule)];
        if (errors.Length > 0)
        {
            return (SubmitRules.Invalid(errors, "value"), []);
        }

        if (turn.State.Schedules.Named(spec.Name) is { } other && other.Id != before?.Id)
        {
            return (new Refusal(RefusalCode.AlreadyExists, $"there is a schedule {other.Name} already", [SubmitRules.Error("name", FieldErrorCodes.Custom, $"there is a schedule {other.Name} already")]), []);
        }

        if ((before is null || !before.Spec.Rule.Equals(spec.Rule)) && ScheduleRules.NextAfter(spec.Rule, before?.LastAt > now.Wall ? before.LastAt.Value : now.Wall) is null)
        {
            return (SubmitRules.Invalid([SubmitRules.Error(spec.Rule is ScheduleRule.Once ? "at" : "cron", FieldErrorCodes.Min, "its time is in the past; it would never run")], "time"), []);
        }

        var verdict = SubmitRules.CheckTemplate(turn.State, spec.Template.Submission(by, now.Wall, null, spec.Template.Labels), turn.Options, now);
        return (verdict.Refusal, verdict.Warnings);
    }

    private static IEnumerable<FieldError> Own(ScheduleSpec spec)
    {
        if (spec.Name.Length is 0 or > LongestName || spec.Name.Any(char.IsControl))
        {
            yield return SubmitRules.Error("name", FieldErrorCodes.MaxLength, $"the name of a schedule has 1 to {LongestName} printable characters");
        }
        else if (Reserved.Contains(spec.Name, StringComparer.OrdinalIgnoreCase) || spec.Name.Contains('/', StringComparison.Ordinal))
        {
            yield return SubmitRules.Error("name", FieldErrorCodes.Regex, "the name is part of addresses: it is not new or preview, and has no slash");
        }

        if (spec.Jitter < TimeSpan.Zero || spec.Jitter > ScheduleRules.LongestJitter)
        {
            yield return SubmitRules.Error("jitter", FieldErrorCodes.Max, $"{ScheduleRules.JitterLabel}: 0 to 1 h");
        }

        if (!Enum.IsDefined(spec.Overlap))
        {
            yield return SubmitRules.Error("overlap", FieldErrorCodes.Option, "overlap is skip, queue, allow or cancel");
        }

        if (!Enum.IsDefined(spec.CatchUp))
        {
            yield return SubmitRules.Error("catch_up", FieldErrorCodes.Option, "catch_up is once, none or all");
        }

        var template = spec.Template;
        (string Field, TimeSpan? Span)[] spans = [("queue_ttl", template.QueueTtl), ("deadline", template.Deadline)];
        foreach (var (field, _) in spans.Where(pair => pair.Span <= TimeSpan.Zero || pair.Span > ScheduleRules.LongestInterval))
        {
            yield return SubmitRules.Error(field, FieldErrorCodes.Min, $"{field} counts from the start of a run: more than 0, at most 366 days");
        }

        if (template.Labels.ContainsKey(ScheduleRuns.Label))
        {
            yield return SubmitRules.Error("labels", FieldErrorCodes.Custom, $"the label {ScheduleRuns.Label} is the name of the schedule");
        }
        else if (template.Labels.Count >= LabelRules.Most)
        {
            yield return SubmitRules.Error("labels", FieldErrorCodes.MaxItems, $"a schedule may give {LabelRules.Most - 1} labels besides its own");
        }
    }

    private static JobTemplate WithSecrets(Turn turn, JobTemplate template, JobTemplate? before)
    {
        if (before is null || before.JobType != template.JobType)
        {
            return template;
        }

        var given = template.Payload.Parameters;
        var kept = SecretFields.Names(turn.JobType(template.JobType).Descriptor?.WorkerForm)
            .Where(name => given.Find(name) is null || SecretFields.IsMask(given.Find(name)!))
            .Select(name => (Name: name, Value: before.Payload.Parameters.Find(name)))
            .Where(pair => pair.Value is not null);
        return template with
        {
            Payload = template.Payload with
            {
                Parameters = given.Overlay(ConfigValues.From(kept.Select(pair => KeyValuePair.Create(pair.Name, pair.Value!)))),
                LostSecrets = before.Payload.LostSecrets.RemoveAll(name => given.Find(name) is { } value && !SecretFields.IsMask(value)),
            },
        };
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}

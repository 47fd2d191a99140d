using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>Something a save brings about.</summary>
/// <param name="At">The instant the text speaks of; null = of none.</param>
public sealed record ConfigEffect(string Text, DateTimeOffset? At = null);

/// <summary>What saving these settings would do to the work of a job type, in words. Pure; the admin does the same when they are saved.</summary>
public static class ConfigEffects
{
    /// <param name="values">How many form values change; they reach workers with what starts from then on.</param>
    /// <param name="soonest">How far away a detection is at least that a save moves.</param>
    public static ImmutableArray<ConfigEffect> Of(JobTypeView type, RuntimeSettings after, int values, DateTimeOffset now, TimeSpan soonest)
    {
        var effects = ImmutableArray.CreateBuilder<ConfigEffect>();
        var (was, becomes) = (type.Policy, RuntimePolicy.Resolve(after, type.Descriptor?.RuntimeDefaults));
        if (values > 0)
        {
            effects.Add(new ConfigEffect(type.CanDetect
                ? "The new values go out with the next detection and with every attempt that starts after the save; what runs keeps the old ones."
                : "The new values go out with every attempt that starts after the save; what runs keeps the old ones."));
        }

        AddSchedule(effects, type, was, becomes, now, soonest);
        AddLimit(effects, "global_execution_concurrency", was.GlobalConcurrency, becomes.GlobalConcurrency, type.Counts.Active);
        AddLimit(effects, "per_worker_execution_concurrency", was.PerWorkerConcurrency, becomes.PerWorkerConcurrency, 0);
        var (before, timeout) = (was.ExecutionTimeoutOf(type.CanDetect), becomes.ExecutionTimeoutOf(type.CanDetect));
        if (timeout != before)
        {
            effects.Add(new ConfigEffect($"{RuntimeForm.LabelOf("execution_timeout_seconds")} {Seconds(before)} → {Seconds(timeout)}: for attempts that start after the save"));
        }

        if (becomes.RetryLimit != was.RetryLimit)
        {
            effects.Add(new ConfigEffect($"{RuntimeForm.LabelOf("retry_limit")} {was.RetryLimit} → {becomes.RetryLimit}: also for jobs that are waiting or running now"));
        }

        effects.AddRange(becomes.ClampsOf(type.CanDetect).Except(was.Clamps).Select(clamp => new ConfigEffect($"{RuntimeForm.LabelOf(clamp.Setting)}: {Words(clamp)}")));
        return effects.ToImmutable();
    }

    /// <summary>"30 saved, 90 used (floor)".</summary>
    public static string Words(RuntimeClamp clamp) => $"{clamp.Saved} saved, {clamp.Used} used ({clamp.Why})";

    private static void AddSchedule(ImmutableArray<ConfigEffect>.Builder effects, JobTypeView type, RuntimePolicy was, RuntimePolicy becomes, DateTimeOffset now, TimeSpan soonest)
    {
        if (!type.CanDetect)
        {
            return;
        }

        if (was.Enabled && !becomes.Enabled)
        {
            effects.Add(new ConfigEffect("No detection starts by itself any more; jobs that are queued still run"));
        }
        else if (becomes.Enabled && type.Timetable.Cron.Length > 0)
        {
            effects.Add(was.Enabled ? new ConfigEffect("The timetable, not the interval, decides when it detects") : new ConfigEffect("It detects by itself from now on, when the timetable says so"));
        }
        else if (becomes.Enabled && !was.Enabled)
        {
            effects.Add(new ConfigEffect("It detects by itself from now on; the first time at about", Later(type.LastStartedAt is { } last ? last + becomes.DetectionInterval : now + soonest, now + soonest)));
        }
        else if (becomes.Enabled && becomes.DetectionInterval != was.DetectionInterval)
        {
            effects.Add(new ConfigEffect("The next detection moves to", Later((type.LastStartedAt ?? now) + becomes.DetectionInterval, now + soonest)));
        }
    }

    private static void AddLimit(ImmutableArray<ConfigEffect>.Builder effects, string setting, int was, int becomes, int active)
    {
        if (was != becomes)
        {
            var over = active - becomes;
            effects.Add(new ConfigEffect($"{RuntimeForm.LabelOf(setting)} {was} → {becomes}" + (over > 0 ? $": {over} running {(over == 1 ? "job finishes" : "jobs finish")} first" : "")));
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static long Seconds(TimeSpan span) => (long)span.TotalSeconds;
}

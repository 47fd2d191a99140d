using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>Numbers, spans and states in words. Text of workers is made visible, never trusted.</summary>
public static class Words
{
    /// <summary>Control and direction-changing characters shown as their code, so that they cannot play tricks.</summary>
    public static string Visible(string text)
    {
        if (!text.Any(IsHidden))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (var unit in text)
        {
            _ = IsHidden(unit) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}") : shown.Append(unit);
        }

        return shown.ToString();
    }

    /// <summary>How long something took or will take; a second unit only where it says something.</summary>
    public static string Span(TimeSpan span)
    {
        var positive = span.Duration();
        return positive < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{positive.TotalMilliseconds:0} ms")
            : positive < TimeSpan.FromSeconds(10) ? string.Create(CultureInfo.InvariantCulture, $"{positive.TotalSeconds:0.#} s")
            : positive < TimeSpan.FromMinutes(1) ? Units((int)positive.TotalSeconds, "s", 0, "")
            : positive < TimeSpan.FromHours(1) ? Units((int)positive.TotalMinutes, "min", positive.Seconds, "s")
            : positive < TimeSpan.FromDays(1) ? Units((int)positive.TotalHours, "h", positive.Minutes, "min")
            : Units((int)positive.TotalDays, "d", positive.Hours, "h");
    }

    /// <summary>For clocks that tick: whole seconds, and one unit from ten minutes on, so that nothing jumps.</summary>
    public static string Ticking(TimeSpan span) => Math.Max(0, span.TotalSeconds) switch
    {
        < 60 and var seconds => Units((int)seconds, "s", 0, ""),
        < 600 and var seconds => Units((int)seconds / 60, "min", (int)seconds % 60, "s"),
        < 3600 and var seconds => Units((int)seconds / 60, "min", 0, ""),
        < 86_400 and var seconds => Units((int)seconds / 3600, "h", (int)seconds / 60 % 60, "min"),
        var seconds => Units((int)(seconds / 86_400), "d", (int)(seconds / 3600 % 24), "h"),
    };

    /// <summary>The same where there is little room: "7 m 13 s".</summary>
    public static string Compact(TimeSpan span) => Ticking(span).Replace("min", "m", StringComparison.Ordinal);

    /// <summary>For what is under way: every second shows, in a width that stays.</summary>
    public static string Running(TimeSpan span) => Math.Max(0, span.TotalSeconds) switch
    {
        < 60 and var seconds => Units((int)seconds, "s", 0, ""),
        < 3600 and var seconds => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:00} s"),
        var seconds => Ticking(TimeSpan.FromSeconds(seconds)),
    };

    /// <summary>"15 min ago".</summary>
    public static string Ago(TimeSpan span) => $"{Span(span)} ago";

    /// <summary>"3 %", "< 1 %"; a dash when there is nothing to take a share of. Never rounded up: "100 %" is all of it.</summary>
    public static string Percent(double? share) => share switch
    {
        null => "–",
        > 0 and < 0.01 => "< 1 %",
        >= 1 => "100 %",
        // 0.29 times 100 is a little less than 29.
        { } part => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(99, Math.Floor((part * 100) + 1e-9)):0} %"),
    };

    /// <summary>The same of a number from 0 to 100.</summary>
    public static string OfHundred(double percent) => Percent(percent / 100);

    /// <summary>A dash when it is not known.</summary>
    public static string Span(TimeSpan? span) => span is { } known ? Span(known) : "–";

    /// <summary>A reason as a sentence of its own: with a capital letter, unless it begins with a name, which stays as it is written.</summary>
    public static string Sentence(string text, string name) =>
        text.Length == 0 || (name.Length > 0 && text.StartsWith(name, StringComparison.Ordinal)) ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>"1 job", "2 jobs".</summary>
    public static string Count(long number, string one) => $"{Number(number)} {one}{(number == 1 ? "" : "s")}";

    /// <summary>The parts that are not zero, or a word when all are.</summary>
    public static string Parts(string none, params (long Number, string What)[] parts) =>
        parts.All(part => part.Number == 0) ? none : string.Join(", ", parts.Where(part => part.Number != 0).Select(part => $"{Number(part.Number)} {part.What}"));

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    public static string State(JobState state, JobPhase phase, JobReason reason) => state switch
    {
        JobState.Pending => phase switch { JobPhase.Scheduled => "Scheduled", JobPhase.Backoff => "Backoff", JobPhase.Blocked => "Blocked", _ => "Queued" },
        JobState.Assigned => "Assigned",
        JobState.Running => phase switch { JobPhase.Reconnecting => "Reconnecting", JobPhase.Canceling => "Canceling", _ => "Running" },
        JobState.Succeeded => "Succeeded",
        JobState.Canceled => reason == JobReason.Superseded ? "Superseded" : "Canceled",
        _ => reason switch
        {
            JobReason.Timeout => "Failed: timeout",
            JobReason.WorkerLost => "Failed: worker lost",
            JobReason.Rejected => "Failed: rejected",
            JobReason.Exhausted => "Failed: retries used up",
            JobReason.Expired => "Failed: expired",
            _ => "Failed",
        },
    };

    public static (string Style, string Icon) Look(JobState state, JobPhase phase, JobReason reason) => state switch
    {
        JobState.Pending => ("waiting", phase switch { JobPhase.Scheduled => "clock", JobPhase.Backoff => "rotate", JobPhase.Blocked => "lock", _ => "list" }),
        JobState.Assigned => ("assigned", "arrow"),
        JobState.Running => phase switch { JobPhase.Reconnecting => ("uneasy", "plug"), JobPhase.Canceling => ("uneasy", "hand"), _ => ("running", "play") },
        JobState.Succeeded => ("succeeded", "check"),
        JobState.Canceled => ("canceled", reason == JobReason.Superseded ? "layers" : "slash"),
        _ => ("failed", reason switch
        {
            JobReason.Timeout => "stopwatch",
            JobReason.WorkerLost => "broken",
            JobReason.Rejected => "stop",
            JobReason.Exhausted => "stack",
            JobReason.Expired => "hourglass",
            _ => "cross",
        }),
    };

    /// <summary>The job it ends with is said behind it, where there is one.</summary>
    /// <param name="isTrial">Nothing became of it: it only would.</param>
    public static string Outcome(ProposalTrace trace, bool isTrial = false) => trace.Outcome switch
    {
        ProposalOutcome.Queued => "queued as job",
        ProposalOutcome.WouldQueue => "would be queued",
        ProposalOutcome.Refreshed => isTrial ? "would go into the waiting job" : "went into the waiting job",
        ProposalOutcome.Suppressed => isTrial ? "would be suppressed by job" : "suppressed by job",
        ProposalOutcome.DuplicateInRun => "duplicate in this run",
        ProposalOutcome.OverLimit => "over the limit",
        _ => "invalid",
    };

    public static (string Style, string Icon, string Text) Look(Detection detection) => detection.Status switch
    {
        DetectionStatus.Requested => ("assigned", "arrow", "Asked"),
        DetectionStatus.Proposing => ("running", "play", "Detecting"),
        DetectionStatus.Succeeded => ("succeeded", "check", "Succeeded"),
        DetectionStatus.TimedOut => ("failed", "stopwatch", "Timed out"),
        DetectionStatus.Canceled => ("canceled", "slash", "Canceled"),
        DetectionStatus.Skipped => ("waiting", "list", "Skipped"),
        DetectionStatus.Interrupted => ("uneasy", "plug", "Interrupted"),
        _ => ("failed", "cross", "Failed"),
    };

    /// <summary>The phase of a job type, as the read model names it.</summary>
    public static (string Style, string Icon, string Text) Phase(string phase) => phase switch
    {
        "detecting" => ("running", "search", "Detecting"),
        "waiting_for_lock" => ("uneasy", "lock", "Held back"),
        "waiting" => ("uneasy", "clock", "Held back"),
        "executing" => ("running", "play", "Executing"),
        "paused" => ("uneasy", "pause", "Paused"),
        "disabled" => ("canceled", "slash", "By hand"),
        "due" => ("assigned", "arrow", "Due"),
        _ => ("waiting", "check", "Idle"),
    };

    public static string Mode(DetectionMode mode) => mode switch
    {
        DetectionMode.Scheduled => "scheduled",
        DetectionMode.Run => "detect + execute",
        DetectionMode.Test => "test",
        _ => "by hand",
    };

    /// <summary>Icon names of descriptors → our sprite; unknown ones are a box.</summary>
    public static string Icon(string name) => name switch
    {
        "fa-broom" => "broom",
        "fa-shield-alt" => "shield",
        "fa-balance-scale" or "fa-balance-scale-left" => "scale",
        "fa-snowflake" => "snow",
        "fa-terminal" => "terminal",
        "fa-recycle" => "recycle",
        "fa-code" => "code",
        "fa-globe" => "globe",
        "fa-fingerprint" => "finger",
        _ => "box",
    };

    /// <summary>What a job is doing, in its worker's words. Until the worker said something, nothing is shown as if it had.</summary>
    public static string Doing(Job job) => job.Stage == "assigned" ? (job.State == JobState.Assigned ? "waiting for the worker's word" : "")
        : job.Message.Length == 0 || job.Message == job.Stage ? job.Stage
        : job.Stage.Length == 0 ? job.Message
        : $"{job.Stage}: {job.Message}";

    /// <summary>The name a person knows a job by.</summary>
    public static string Name(Job job) => Visible(job.Summary.Length > 0 ? job.Summary : job.Id.Value);

    private static string Units(int big, string bigUnit, int small, string smallUnit) => small == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{big} {bigUnit}")
        : string.Create(CultureInfo.InvariantCulture, $"{big} {bigUnit} {small} {smallUnit}");

    private static bool IsHidden(char unit) =>
        (char.IsControl(unit) && unit is not ('\n' or '\t')) || unit is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f';
}

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

    public static string Span(TimeSpan span)
    {
        var positive = span.Duration();
        return positive < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{positive.TotalMilliseconds:0} ms")
            : positive < TimeSpan.FromSeconds(10) ? string.Create(CultureInfo.InvariantCulture, $"{positive.TotalSeconds:0.0} s")
            : positive < TimeSpan.FromMinutes(1) ? string.Create(CultureInfo.InvariantCulture, $"{(int)positive.TotalSeconds} s")
            : positive < TimeSpan.FromHours(1) ? string.Create(CultureInfo.InvariantCulture, $"{(int)positive.TotalMinutes} min {positive.Seconds} s")
            : positive < TimeSpan.FromDays(1) ? string.Create(CultureInfo.InvariantCulture, $"{(int)positive.TotalHours} h {positive.Minutes} min")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)positive.TotalDays} d {positive.Hours} h");
    }

    /// <summary>Seconds only, for clocks that tick.</summary>
    public static string Ticking(TimeSpan span) => Span(TimeSpan.FromSeconds(Math.Floor(Math.Max(0, span.TotalSeconds)))) is var text && text == "0 ms" ? "0 s" : text.Replace(".0 s", " s", StringComparison.Ordinal);

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
        JobState.Canceled => ("canceled", reason == JobReason.Superseded ? "stack" : "slash"),
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

    public static string Outcome(ProposalTrace trace) => trace.Outcome switch
    {
        ProposalOutcome.Queued => "queued as job",
        ProposalOutcome.WouldQueue => "would be queued",
        ProposalOutcome.Refreshed => "a waiting job has this key",
        ProposalOutcome.Suppressed => "suppressed: already at work",
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

    private static bool IsHidden(char unit) =>
        (char.IsControl(unit) && unit is not ('\n' or '\t')) || unit is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f';
}

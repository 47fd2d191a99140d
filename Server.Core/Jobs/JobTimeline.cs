using System.Globalization;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What a transition says on the timeline.</summary>
public static class JobTimeline
{
    /// <summary>Detail of what sent a job into a back-off: when it is due again, ISO 8601.</summary>
    public const string DueAt = "due_at";

    /// <summary>Stage: the worker said that it heard the cancel request.</summary>
    public const string CancelAcknowledged = "cancel_acknowledged";

    /// <summary>Stage: the worker came back with the attempt.</summary>
    public const string Adopted = "adopted";

    /// <summary>Stage: the admin came back and found the attempt open.</summary>
    public const string Restarted = "restarted";

    /// <summary>Stage: there is room for it in its group.</summary>
    public const string Released = "released";

    /// <summary>Stage: the job that had ended was queued again as another one.</summary>
    public const string Retried = "retried";

    public static Activity? Line(Job before, Job after, JobInput input, Attempt? ended, Actor by)
    {
        var (source, stage, message, severity) = input switch
        {
            JobInput.Assign assign => ("admin_dispatch", "assigned", $"sent to {assign.Worker}, attempt {Text(after.Attempts)}", ActivitySeverity.Normal),
            JobInput.Succeed => ("worker_completion", "completed", after.Message, ActivitySeverity.Good),
            JobInput.Fail or JobInput.Lose or JobInput.Refuse or JobInput.CancelOver => Closing(after, ended),
            JobInput.SessionLost => after.IsActive
                ? ("admin", "reconnecting", "the worker's stream ended; waiting for it to come back", ActivitySeverity.Warning)
                : Closing(after, ended),
            JobInput.Adopt => ("admin", Adopted, "the worker came back and goes on", ActivitySeverity.Normal),
            JobInput.Release => ("admin_dispatch", Released, "another job of its group ended; its turn came", ActivitySeverity.Normal),
            JobInput.AtCapacity => ("admin_dispatch", "given_back", "the worker had no free slot", ActivitySeverity.Normal),
            JobInput.NotSent => ("admin_dispatch", "given_back", "the worker's stream took no more messages", ActivitySeverity.Warning),
            JobInput.TimeOut => ("admin", "canceling", "the attempt timed out; the worker was asked to stop", ActivitySeverity.Warning),
            JobInput.PassDeadline => ("admin", after.IsTerminal ? "failed" : "canceling", after.IsTerminal ? after.Error : "the deadline came; the worker was asked to stop", after.IsTerminal ? ActivitySeverity.Bad : ActivitySeverity.Warning),
            JobInput.Cancel when !after.IsTerminal && before.Attempt!.Cancel == CancelCause.Person =>
                ("person", "cancel_shortened", $"the worker has no more than {Text((int)after.Attempt!.CancelGrace!.Value.TotalSeconds)} s left to stop", ActivitySeverity.Warning),
            JobInput.Cancel => (by.Name is null ? "admin" : "person", after.IsTerminal ? "canceled" : "canceling", Canceled(after), ActivitySeverity.Warning),
            JobInput.Supersede supersede => ("admin_scheduler", "superseded", supersede.Why, ActivitySeverity.Normal),
            JobInput.Expire expire => ("admin_expire", "expired", expire.Reason, ActivitySeverity.Bad),
            JobInput.Due when by.Name is not null => ("person", "queued", "asked to start now", ActivitySeverity.Normal),
            _ => ("", "", "", ActivitySeverity.Normal),
        };
        return source.Length == 0
            ? null
            : new Activity
            {
                Sequence = 0,
                At = default,
                Source = source,
                Stage = stage,
                Message = message,
                Severity = severity,
                JobType = after.JobType,
                Job = after.Id,
                Request = (ended ?? after.Attempt)?.RequestId,
                Worker = (ended ?? after.Attempt)?.Worker,
                Actor = by.Name ?? "",
                Details = after.Phase == JobPhase.Backoff ? ConfigValues.Empty.With(DueAt, new ConfigValue.Text(after.DueAt.ToString("O", CultureInfo.InvariantCulture))) : ConfigValues.Empty,
            };
    }

    private static (string Source, string Stage, string Message, ActivitySeverity Severity) Closing(Job after, Attempt? ended) => after.State switch
    {
        JobState.Pending => ("admin", "retry", $"attempt {Text(ended?.Number ?? 0)} {Outcome(ended)}: {ended?.Error}", ActivitySeverity.Warning),
        JobState.Canceled => ("admin", "canceled", after.Message, ActivitySeverity.Warning),
        _ => ("worker_completion", "failed", after.Error, ActivitySeverity.Bad),
    };

    private static string Canceled(Job after) =>
        (after.IsTerminal ? "canceled" : "asked the worker to cancel") + (after.Attempt?.CancelReason is { Length: > 0 } reason ? $": {reason}" : "");

    private static string Outcome(Attempt? ended) => ended?.Outcome switch
    {
        AttemptOutcome.TimedOut => "timed out",
        AttemptOutcome.WorkerLost => "lost its worker",
        AttemptOutcome.Rejected => "was refused",
        _ => "failed",
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

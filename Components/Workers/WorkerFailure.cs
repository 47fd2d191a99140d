using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Workers;

/// <summary>An attempt that failed on a worker, whether or not its job was tried again.</summary>
/// <param name="Error">One line.</param>
public sealed record WorkerFailure(JobId Job, string JobType, string Name, int Attempt, string How, string Icon, string Error, DateTimeOffset At)
{
    /// <summary>
    /// The newest first. Attempts are remembered by this process only; of what was before, the store knows the jobs that ended failed.
    /// </summary>
    public static ImmutableArray<WorkerFailure> From(WorkerView view, IEnumerable<Job> failed, int most) =>
    [
        .. view.Numbers.Attempts.Where(attempt => HowOf(attempt.Outcome).How.Length > 0).Select(Of)
            .Concat(failed.Where(job => job.Attempt is not null).Select(Of))
            .DistinctBy(failure => (failure.Job, failure.Attempt))
            .OrderByDescending(failure => failure.At)
            .Take(most),
    ];

    private static WorkerFailure Of(EndedAttempt attempt)
    {
        var (how, icon) = HowOf(attempt.Outcome);
        return new WorkerFailure(attempt.Job, attempt.JobType, Words.Visible(attempt.Summary.Length > 0 ? attempt.Summary : attempt.Job.Value), attempt.Number, how, icon, FirstLine(attempt.Error), attempt.EndedAt);
    }

    private static WorkerFailure Of(Job job) => new(
        job.Id, job.JobType, Words.Name(job), job.Attempt!.Number, Words.State(job.State, job.Phase, job.Reason), Words.Look(job.State, job.Phase, job.Reason).Icon, FirstLine(job.Error), job.Attempt.EndedAt ?? job.UpdatedAt);

    private static (string How, string Icon) HowOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Failed => ("Failed", "cross"),
        AttemptOutcome.TimedOut => ("Timed out", "stopwatch"),
        AttemptOutcome.WorkerLost => ("Worker lost", "broken"),
        _ => ("", ""),
    };

    private static string FirstLine(string error) => Words.Visible(error.Split('\n', 2)[0].TrimEnd('\r'));
}

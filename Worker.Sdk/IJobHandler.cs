using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// One job type: its descriptor and what to do. One instance lives as long as the worker; calls come concurrently, up to
/// the worker's slots. Exceptions end the attempt or detection as failed, not the process: only
/// when memory runs out it ends, with exit code 70.
/// </summary>
public interface IJobHandler
{
    /// <summary>The contract shown to the admin; see <see cref="DescriptorBuilder"/>.</summary>
    JobTypeDescriptor Descriptor { get; }

    /// <summary>Looks for work. A handler that does not detect keeps the default, and must say so by <see cref="CanDetect"/>.</summary>
    Task DetectAsync(DetectionContext context) => throw new NotSupportedException($"{Descriptor.JobType} does not detect");

    /// <summary>Does one attempt of a job. Running it twice for the same job id must be safe.</summary>
    Task<JobOutcome> ExecuteAsync(JobContext context) => throw new NotSupportedException($"{Descriptor.JobType} does not execute");

    /// <summary>
    /// Why this worker cannot run a job with these values although another one may, or null. Asked before a slot is taken, so it
    /// must be quick; such a job is refused unstarted and the admin tries other workers.
    /// </summary>
    string? CannotRun(ConfigReader config) => null;

    /// <summary>
    /// Looks at the values right before an attempt and returns what is wrong with them, in words for people; nothing: all is well.
    /// Any finding fails the job for good, and the attempt is not begun. It runs within the attempt's slot and has <see cref="WorkerOptions.RequestTimeout"/>.
    /// </summary>
    Task<IReadOnlyList<string>> ValidateAsync(ConfigReader config, CancellationToken canceled) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>
    /// What keeps this handler from working well (a missing program, a full disk), in a few words; null: nothing. Asked once every
    /// heartbeat interval, but not while the former call goes on, and given <see cref="WorkerOptions.RequestTimeout"/>; sent as <c>health</c> in the heartbeat's metadata, and part of the worker's own <c>/health</c>.
    /// </summary>
    Task<string?> HealthAsync(CancellationToken canceled) => Task.FromResult<string?>(null);

    /// <summary>
    /// Some rows of an object, for admins that show them. Only the first handler with <see cref="CanPreview"/> is asked, and given 30 s; an
    /// exception's message becomes the answer.
    /// </summary>
    Task<ObjectPreview> PreviewAsync(PreviewRequest request, CancellationToken canceled) => throw new NotSupportedException($"{Descriptor.JobType} has no previews");

    /// <summary>Default false: <see cref="PreviewAsync"/> is never asked, even when it is written.</summary>
    bool CanPreview => false;

    /// <summary>Default true: the admin offers and schedules detections. Without <see cref="DetectAsync"/> each of them fails: a handler that only executes says false.</summary>
    bool CanDetect => true;

    /// <summary>Default true: the admin gives it jobs. A handler that only detects says false, else each of them fails; one that does neither is refused when the worker is made.</summary>
    bool CanExecute => true;

    /// <summary>True: running a job twice at the same time does no harm, so that <see cref="WorkerOptions.KeepWork"/> may apply. Default false.</summary>
    bool IsIdempotent => false;

    /// <summary>Place in lists; higher first. Default 0.</summary>
    int Weight => 0;
}

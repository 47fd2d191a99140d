using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// One job type: its descriptor and what to do. One instance lives as long as the worker; calls come concurrently, up to
/// the worker's slots. Exceptions end the attempt or detection as failed, never the process.
/// </summary>
public interface IJobHandler
{
    /// <summary>The contract shown to the admin; see <see cref="DescriptorBuilder"/>.</summary>
    JobTypeDescriptor Descriptor { get; }

    /// <summary>Looks for work. A handler that does not detect keeps the default and says so by <see cref="CanDetect"/>.</summary>
    Task DetectAsync(DetectionContext context) => throw new NotSupportedException($"{Descriptor.JobType} does not detect");

    /// <summary>Does one attempt of a job. Running it twice for the same job id must be safe.</summary>
    Task<JobOutcome> ExecuteAsync(JobContext context) => throw new NotSupportedException($"{Descriptor.JobType} does not execute");

    /// <summary>
    /// Why this worker cannot run a job with these values although another one may, or null. Asked before a slot is taken, so it
    /// must be quick; such a job is refused unstarted and the admin tries other workers.
    /// </summary>
    string? CannotRun(ConfigReader config) => null;

    /// <summary>Default true.</summary>
    bool CanDetect => true;

    /// <summary>Default true.</summary>
    bool CanExecute => true;

    /// <summary>Place in lists; higher first. Default 0.</summary>
    int Weight => 0;
}

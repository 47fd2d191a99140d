using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli;

/// <summary>What the end of a job means for the one who waited for it.</summary>
/// <param name="ExitCode">What the tool ends with.</param>
/// <param name="Text">Why, where the exit code alone does not say it; empty when the job itself chose the code.</param>
internal readonly record struct JobEnding(int ExitCode, string Text)
{
    public static bool IsEnd(JobState state) => state is JobState.Succeeded or JobState.Failed or JobState.Canceled;

    public static JobEnding Of(Job job) => job.State switch
    {
        JobState.Succeeded => new JobEnding(ExitCodes.Done, ""),
        JobState.Canceled => new JobEnding(ExitCodes.Canceled, "was canceled"),
        JobState.Failed => Failed(job),
        _ => new JobEnding(ExitCodes.Broken, "has not ended"),
    };

    /// <summary>The worst news first: of a group the code of the first member that failed.</summary>
    public static JobEnding OfGroup(Group group, Job? firstFailed) => group.State switch
    {
        JobState.Succeeded => new JobEnding(ExitCodes.Done, ""),
        JobState.Canceled => new JobEnding(ExitCodes.Canceled, "was canceled"),
        _ => new JobEnding(firstFailed is null ? ExitCodes.Failed : Of(firstFailed).ExitCode, $"{group.Completions} of {group.Total} succeeded, {group.Failed} failed, {group.Canceled} canceled"),
    };

    private static JobEnding Failed(Job job)
    {
        var why = job.ErrorMessage.Length > 0 ? $"failed: {job.ErrorMessage}" : job.Reason.Length > 0 ? $"failed: {job.Reason}" : "failed";
        return job.Reason switch
        {
            "timeout" => new JobEnding(ExitCodes.Timeout, why),
            "worker_lost" => new JobEnding(ExitCodes.WorkerLost, why),
            "expired" => new JobEnding(ExitCodes.TryLater, why),
            _ => Code(job) switch
            {
                > 0 when job.Result?.OutputValues.ContainsKey("http_status") == true => new JobEnding(ExitCodes.HttpError, why),
                >= 1 and <= 255 and var code => new JobEnding((int)code, ""),
                > 255 => new JobEnding(ExitCodes.HttpError, why),
                < 0 => new JobEnding(IsMissing(job.ErrorMessage) ? ExitCodes.NotFound : ExitCodes.CannotStart, why),
                _ => new JobEnding(ExitCodes.Failed, why),
            },
        };
    }

    /// <summary>Below zero: the program never began.</summary>
    private static long Code(Job job) =>
        job.HasExitCode ? job.ExitCode : job.Result?.OutputValues.TryGetValue("exit_code", out var code) == true ? code.Int64Value : 0;

    private static bool IsMissing(string error) =>
        error.Contains("no such", StringComparison.OrdinalIgnoreCase) || error.Contains("not found", StringComparison.OrdinalIgnoreCase);
}

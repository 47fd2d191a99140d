using BlazorPluginAdmin.Components.JobDetails;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>A submission that was written but not sent, on its way from the form of a job to that of a schedule. Lives as long as the circuit.</summary>
public sealed class ScheduleDraft
{
    private (string JobType, SubmissionParts Parts)? _kept;

    public void Keep(string jobType, SubmissionParts parts) => _kept = (jobType, parts);

    /// <summary>What is kept for the type, once; null: nothing.</summary>
    public SubmissionParts? Take(string? jobType)
    {
        var kept = _kept;
        _kept = null;
        return kept?.JobType == jobType ? kept?.Parts : null;
    }
}

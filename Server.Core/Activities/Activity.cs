using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Activities;

public enum ActivitySeverity
{
    Normal = 0,
    Good = 1,
    Warning = 2,
    Bad = 3,
}

/// <summary>
/// One line on the timeline. <see cref="Source"/> is one of <c>admin_dispatch, admin_scheduler, admin_expire, admin,
/// detector, worker_progress, worker_detection, worker_completion, activity_source_executor, activity_source_detector,
/// activity_source_admin, person</c>.
/// </summary>
public sealed record Activity
{
    /// <summary>Grows by one with each activity, across restarts.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Source { get; init; }

    public required string Message { get; init; }

    public string Stage { get; init; } = "";

    public ActivitySeverity Severity { get; init; }

    public string JobType { get; init; } = "";

    public JobId? Job { get; init; }

    public RequestId? Request { get; init; }

    public WorkerId? Worker { get; init; }

    /// <summary>The person, for what people did.</summary>
    public string Actor { get; init; } = "";

    public ConfigValues Details { get; init; } = ConfigValues.Empty;
}

using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>Values to try out that are not saved.</summary>
public sealed record ConfigOverride(ConfigValues AdminValues, ConfigValues WorkerValues);

/// <summary>
/// Asks for a detection now. The reply comes when the request is durable; follow it by id in
/// <c>AdminState.Detections</c>, the read model or the history.
/// </summary>
/// <param name="MaxResults">0 = the policy's limit for runs, none for previews.</param>
/// <param name="Timeout">Null = the policy's.</param>
public sealed record RequestDetection(
    Actor By,
    string JobType,
    DetectionMode Mode,
    int MaxResults = 0,
    TimeSpan? Timeout = null,
    ConfigOverride? Override = null,
    ClusterContext? Cluster = null) : Command<Detection>(By, Override is null ? Permission.DetectionRun : Permission.ConfigEdit);

public sealed record CancelDetection(Actor By, RequestId Detection, string Reason) : Command<Detection>(By, Permission.DetectionRun);

/// <summary>Pauses or resumes scheduled detection and dispatch of a job type.</summary>
public sealed record PauseJobType(Actor By, string JobType, bool Paused, string Reason, DateTimeOffset? Until) : Command<string>(By, Permission.ScheduleControl);

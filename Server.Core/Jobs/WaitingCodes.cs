using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What <see cref="Views.Waiting.Code"/> may say of a job, in the order in which the dispatcher asks.</summary>
public static class WaitingCodes
{
    public static readonly ImmutableArray<string> All =
    [
        "not_before", "backoff", "group_limit", "paused", "no_capable_worker", "detector_only", "no_cluster", Hold.MaintenanceCode, "quiet", "other_admin", "lane_busy",
        Hold.LockCode, "gate", "type_limit", "labels", "all_draining", "no_free_slot", "worker_limit", "refused", "queued",
    ];
}

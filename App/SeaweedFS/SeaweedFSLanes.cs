using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// The lanes SeaweedFS 4.44 has for its own job types. Its volume types take turns under the lock that its shell takes too, because
/// they plan from the volumes as they are; the others mind nobody. Job types it does not know are in the general lane.
/// </summary>
public static class SeaweedFSLanes
{
    private static readonly TypeRules Volumes = new() { Lane = "default", NeedsCluster = true, Gated = true };

    public static readonly LaneSettings Shipped = new()
    {
        Lanes =
        [
            new LaneRules("default") { Serialise = true, ClusterLock = true },
            new LaneRules("iceberg"),
            new LaneRules("lifecycle") { IdleSleepSeconds = 300 },
            new LaneRules("lance"),
            new LaneRules(LaneSettings.General),
        ],
        Types = ImmutableDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, TypeRules>
        {
            // Detectors that look at every volume each time: what they leave out is done, or has no need of it any more.
            ["vacuum"] = Volumes with { Supersedes = true },
            ["volume_balance"] = Volumes with { Supersedes = true },
            ["ec_balance"] = Volumes with { Supersedes = true },
            ["erasure_coding"] = Volumes with { Supersedes = true },

            // Its commands run with the shell's own locking off.
            ["admin_script"] = Volumes with { Exclusive = true, ErrorsCountAsRuns = true },
            ["iceberg_maintenance"] = new TypeRules { Lane = "iceberg", NeedsCluster = true, Gated = true },
            ["s3_lifecycle"] = new TypeRules
            {
                Lane = "lifecycle",
                NeedsCluster = true,
                Gated = true,
                Rate = new RateShare("cluster_deletes_per_second", "cluster_deletes_burst", "s3_lifecycle.deletes_per_second", "s3_lifecycle.deletes_burst"),
            },
            ["lance_compact"] = new TypeRules { Lane = "lance", Gated = true },
            ["lance_optimize_indices"] = new TypeRules { Lane = "lance", Gated = true },
            ["lance_cleanup_versions"] = new TypeRules { Lane = "lance", Gated = true },
        }),
    };
}

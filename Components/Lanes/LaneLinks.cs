using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Lanes;

/// <summary>Addresses of lanes, and lanes and their lock in words.</summary>
public static class LaneLinks
{
    public static string To(string lane) => $"plugin/lanes/{Uri.EscapeDataString(lane)}";

    /// <summary>Jobs of these types, with one more term.</summary>
    public static string Jobs(IEnumerable<JobTypeView> types, string and) => JobQueries.To($"{JobQuery.Empty.With("type", types.Select(type => type.Name))} {and}");

    public static string Rules(LaneRules lane) =>
        (lane.Serialise ? "one job type at a time" : "job types side by side") + (lane.ClusterLock ? ", under the cluster lock" : "");

    public static (string Style, string Icon, string Text) Lock(ClusterState cluster) => (cluster.IsWatched, cluster.Lock.Phase) switch
    {
        (false, _) => ("waiting", "lock", "Not needed"),
        (_, LockPhase.Taking) => ("uneasy", "clock", "Waiting"),
        (_, LockPhase.Held) => ("running", "lock", "Held"),
        (_, LockPhase.Releasing) => ("assigned", "lock", "Giving back"),
        _ => ("waiting", "check", "Free"),
    };

    public static string Explained(ClusterState cluster) => (cluster.IsWatched, cluster.Lock) switch
    {
        (false, _) => "No SeaweedFS master is configured: there is nothing to lock, locked lanes only take turns.",
        (_, { Phase: LockPhase.Taking } wanted) => wanted.Reason.Length > 0 ? $"Wanted, but {wanted.Reason}. Other lanes go on." : "Asked for; the master has not answered yet.",
        (_, { Phase: LockPhase.Held, IsDue: true }) => "Held for over a minute: what runs goes on, newcomers wait until it was given back.",
        (_, { Phase: LockPhase.Held } held) => held.Holders == 1 ? "One detection or job works under it." : $"{held.Holders} detections and jobs work under it.",
        (_, { Phase: LockPhase.Releasing }) => "Being given back.",
        _ => "Nothing of a locked lane is at work.",
    };
}

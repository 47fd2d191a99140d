using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Clusters;

/// <summary>What a look at the cluster found. After a failed look the context is the last known one.</summary>
/// <param name="Context">Addresses in the forms workers want; empty lists where nothing is known.</param>
/// <param name="Problem">Why the last look failed, for people; empty while it works.</param>
/// <param name="At">When the context was last seen to be so.</param>
public sealed record ClusterReport(ClusterContext Context, string Problem, DateTimeOffset At);

/// <summary>What those that watch the cluster for the engine report.</summary>
public abstract record ClusterInput : Input
{
    private ClusterInput() { }

    public sealed record Looked(ClusterReport Report) : ClusterInput;

    /// <summary>Who holds the lock that says which admin schedules this cluster's work; empty: this one.</summary>
    public sealed record Presence(string HeldBy) : ClusterInput;

    /// <summary>The cluster lock is ours from now on, for the first time or again after <see cref="LockLost"/>.</summary>
    public sealed record LockTaken : ClusterInput;

    /// <summary>It is wanted, but somebody else has it or nobody answers; it is asked for again by itself.</summary>
    public sealed record LockRefused(string Reason) : ClusterInput;

    /// <summary>A renewal failed for too long: somebody else may have it now. It is asked for again by itself.</summary>
    public sealed record LockLost(string Reason) : ClusterInput;

    public sealed record LockReleased : ClusterInput;
}

/// <summary>Where those reports go.</summary>
public interface IClusterInbox
{
    ValueTask PostAsync(ClusterInput input, CancellationToken cancellationToken);
}

/// <summary>Looks up a cluster's addresses. The engine never waits for it: a watch of its own asks and reports.</summary>
public interface IClusterContextSource
{
    /// <summary>One look. A failure is a report with a problem, never an exception.</summary>
    Task<ClusterReport> LookAsync(CancellationToken cancellationToken);
}

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>
/// The lock outside this process that keeps other tools of the cluster away while locked lanes work. What becomes of it
/// is reported as <see cref="Clusters.ClusterInput"/>.
/// </summary>
public interface ILaneLock
{
    /// <summary>True: take it and keep it. False: give it back. Called by the engine's thread; never blocks.</summary>
    void Hold(bool wanted);
}

/// <summary>There is no cluster, hence nothing to lock.</summary>
public sealed class NoLaneLock : ILaneLock
{
    public void Hold(bool wanted) { }
}

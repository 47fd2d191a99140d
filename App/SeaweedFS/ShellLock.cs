using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// The lock that <c>weed shell</c> takes with its command <c>lock</c>: while locked lanes work, people at a shell wait, and
/// the other way round. Each <c>Hold(false)</c> after a <c>Hold(true)</c> ends in one <see cref="ClusterInput.LockReleased"/>.
/// </summary>
public sealed partial class ShellLock(MasterClient masters, IClusterInbox inbox, TimeProvider time, ILogger<ShellLock> logger)
    : LeasedLock(masters, time, "shell", "admin-plugin", wanted: false), ILaneLock
{
    public void Hold(bool wanted) => Want(wanted);

    protected override ValueTask TakenAsync(CancellationToken cancellationToken) => inbox.PostAsync(new ClusterInput.LockTaken(), cancellationToken);

    protected override ValueTask RefusedAsync(string? holder, string reason, CancellationToken cancellationToken) => inbox.PostAsync(new ClusterInput.LockRefused(reason), cancellationToken);

    protected override ValueTask LostAsync(string reason, CancellationToken cancellationToken)
    {
        LogLost(logger, reason);
        return inbox.PostAsync(new ClusterInput.LockLost(reason), cancellationToken);
    }

    protected override ValueTask ReleasedAsync(CancellationToken cancellationToken) => inbox.PostAsync(new ClusterInput.LockReleased(), cancellationToken);

    [LoggerMessage(51, LogLevel.Warning, "The shell lock is lost while work that needs it may run: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}

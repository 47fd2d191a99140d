using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// The lock that <c>weed shell</c> takes with its command <c>lock</c>: while locked lanes work, people at a shell wait, and
/// the other way round. Each <c>Hold(false)</c> after a <c>Hold(true)</c> ends in one <see cref="ClusterInput.LockReleased"/>.
/// </summary>
/// <param name="masters">Who gives it.</param>
/// <param name="inbox">Of the engine, which itself has this lock: it is looked for when something is to be told.</param>
/// <param name="time">Where pauses come from.</param>
/// <param name="logger">For losses.</param>
public sealed partial class ShellLock(MasterClient masters, Lazy<IClusterInbox> inbox, TimeProvider time, ILogger<ShellLock> logger)
    : LeasedLock(masters, time, "shell", "admin-plugin", wanted: false), ILaneLock
{
    public void Hold(bool wanted) => Want(wanted);

    protected override ValueTask TakenAsync(CancellationToken cancellationToken) => inbox.Value.PostAsync(new ClusterInput.LockTaken(), cancellationToken);

    protected override ValueTask RefusedAsync(string? holder, string reason, CancellationToken cancellationToken) => inbox.Value.PostAsync(new ClusterInput.LockRefused(reason), cancellationToken);

    protected override ValueTask LostAsync(string reason, CancellationToken cancellationToken)
    {
        LogLost(logger, reason);
        return inbox.Value.PostAsync(new ClusterInput.LockLost(reason), cancellationToken);
    }

    protected override ValueTask ReleasedAsync(CancellationToken cancellationToken) => inbox.Value.PostAsync(new ClusterInput.LockReleased(), cancellationToken);

    [LoggerMessage(51, LogLevel.Warning, "The shell lock is lost while work that needs it may run: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}

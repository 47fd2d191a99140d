using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// Two must not vacuum the same volumes: while a worker is there that can, the masters' own vacuuming is off. Told once for
/// each change, and again to a master that cannot know it: a new leader, or one that missed this admin for a while.
/// </summary>
public sealed partial class VacuumSwitch(MasterClient masters, PresenceLock presence, IAdmin admin, TimeProvider time, ILogger<VacuumSwitch> logger) : BackgroundService
{
    public const string JobType = "vacuum";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    // The masters vacuum until they are told otherwise. Null: told, but not whether it was heard.
    private bool? _told = true;
    private bool _tried = true;
    private ServerAddress? _toldTo;
    private int _toldSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FollowAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was switched off is switched on below.
        }

        if (_told != true)
        {
            await TellAsync(on: true);
        }
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        var (version, state) = admin.States.Current;
        var newer = admin.States.NewerAsync(version, stopping).AsTask();
        var ticked = time.GetTimestamp();
        while (true)
        {
            var due = time.GetElapsedTime(ticked) >= Tick;
            ticked = due ? time.GetTimestamp() : ticked;

            var on = state.JobTypes.GetValueOrDefault(JobType)?.Executors.IsEmpty != false;
            if (on == _told ? due && !on && IsForgotten : due || on != _tried)
            {
                await TellAsync(on);
            }

            try
            {
                (version, state) = await newer.WaitAsync(Tick - time.GetElapsedTime(ticked), time, stopping);
                newer = admin.States.NewerAsync(version, stopping).AsTask();
            }
            catch (TimeoutException)
            {
                // A tick: what failed is tried again.
            }
        }
    }

    private bool IsForgotten => presence.Returns != _toldSince || (masters.Leader is { } leader && leader != _toldTo);

    private async Task TellAsync(bool on)
    {
        _tried = on;
        var since = presence.Returns;
        try
        {
            await masters.SwitchVacuumAsync(on, CallTimeout, CancellationToken.None);
            (_told, _toldTo, _toldSince) = (on, masters.Leader, since);
        }
        catch (RpcException exception)
        {
            _told = null;
            LogFailed(logger, on ? "on" : "off", exception.Status.Detail);
        }
    }

    [LoggerMessage(52, LogLevel.Warning, "The masters' own vacuuming could not be switched {Wanted}: {Reason}")]
    private static partial void LogFailed(ILogger logger, string wanted, string reason);
}

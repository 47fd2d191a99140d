using BlazorPluginAdmin.Server.Core.Clusters;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>Looks at the cluster again and again, and tells the engine what has changed.</summary>
public sealed partial class ClusterWatch(IClusterContextSource source, IClusterInbox inbox, TimeProvider time, ILogger<ClusterWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PauseAfterProblem = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ClusterReport? told = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var report = await source.LookAsync(stoppingToken);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            if (told is null || told.Problem != report.Problem || !told.Context.IsSame(report.Context))
            {
                if (report.Problem.Length > 0 && report.Problem != told?.Problem)
                {
                    LogProblem(logger, report.Problem);
                }

                await inbox.PostAsync(new ClusterInput.Looked(report), stoppingToken);
                told = report;
            }

            await Task.Delay(report.Problem.Length > 0 ? PauseAfterProblem : Pause, time, stoppingToken);
        }
    }

    [LoggerMessage(50, LogLevel.Warning, "The cluster cannot be looked at: {Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}

using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// Says when the volume of the data directory is nearly full, before the store cannot write any more: looked at on start and every
/// 30 s. Good again only with a tenth more room, so that the word does not come and go.
/// </summary>
/// <param name="lowMib">Less free space than this is low, in MiB; 0 = never.</param>
public sealed class DiskWatch(HostBoard board, TimeProvider time, string directory, int lowMib) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    /// <summary>What is said after a look at the volume, given what was said before.</summary>
    public static LowDisk? Judge(LowDisk? before, long freeBytes, long totalBytes, int lowMib, DateTimeOffset now)
    {
        var low = lowMib * 1024L * 1024;
        return freeBytes >= (before is null ? low : low + (low / 10)) ? null : new LowDisk(freeBytes, totalBytes, before?.Since ?? now);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            do
            {
                Look();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Look()
    {
        try
        {
            var volume = new DriveInfo(directory);
            var (free, total) = (volume.AvailableFreeSpace, volume.TotalSize);
            board.Feed.Change(host => host with { LowDisk = Judge(host.LowDisk, free, total, lowMib, time.GetUtcNow()) });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A volume that does not say how full it is gives no warning; the store still says when it cannot write.
        }
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>Where and with what a figure was taken.</summary>
internal sealed record Machine(string Commit, string Processor, int Cores, long MemoryGigabytes, string Kernel, string Runtime, double FsyncP50, double FsyncP99, string LoadAverage)
{
    public static Machine Read(string app)
    {
        var fsync = Fsync();
        return new Machine(
            CommitOf(app),
            File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024L * 1024 * 1024),
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            fsync[fsync.Length / 2],
            fsync[fsync.Length * 99 / 100],
            File.ReadAllText("/proc/loadavg").Split(' ')[0]);
    }

    /// <summary>Milliseconds of 1,000 small appends with fsync, sorted.</summary>
    private static double[] Fsync()
    {
        var path = Path.GetTempFileName();
        var taken = new double[1000];
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, 0, FileOptions.DeleteOnClose))
        {
            for (var n = 0; n < taken.Length; n++)
            {
                var watch = Stopwatch.StartNew();
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
                taken[n] = Math.Round(watch.Elapsed.TotalMilliseconds, 3);
            }
        }

        Array.Sort(taken);
        return taken;
    }

    private static string CommitOf(string app)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Path.GetDirectoryName(Path.GetFullPath(app))!, "rev-parse", "--short", "HEAD"]) { RedirectStandardOutput = true })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }
}

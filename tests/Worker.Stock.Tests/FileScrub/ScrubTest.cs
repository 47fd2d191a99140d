using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.FileScrub;

namespace BlazorPluginAdmin.WorkerStock.Tests.FileScrub;

/// <summary>A real directory tree, and the handler with a clock that moves only when told.</summary>
public abstract class ScrubTest : IDisposable
{
    protected ScrubTest()
    {
        Directory.CreateDirectory(Root);
        Host = new HandlerTestHost(new ScrubHandler(new StockOptions { StateDirectory = Path.Combine(Base, "state") }, Clock));
        Host.WorkerConfig["roots"] = new[] { Root };
        Host.WorkerConfig["include"] = new[] { "**/*" };
    }

    protected ManualTimeProvider Clock { get; } = new();

    protected string Base { get; } = Directory.CreateTempSubdirectory("scrub-").FullName;

    protected string Root => Path.Combine(Base, "files");

    protected string ManifestFile => new ManifestStore(Path.Combine(Base, "state")).FileOf(Root);

    protected HandlerTestHost Host { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(Base, recursive: true);

    protected string Write(string relative, string content, int minutesAgo = 600)
    {
        var file = Path.Combine(Root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        File.SetLastWriteTimeUtc(file, Clock.GetUtcNow().UtcDateTime.AddMinutes(-minutesAgo));
        return file;
    }

    /// <summary>As a disk does it: nobody wrote, yet the content is another.</summary>
    protected static void Rot(string file)
    {
        var modified = File.GetLastWriteTimeUtc(file);
        var bytes = File.ReadAllBytes(file);
        bytes[0] ^= 1;
        File.WriteAllBytes(file, bytes);
        File.SetLastWriteTimeUtc(file, modified);
    }

    /// <summary>Detects and runs what was proposed, which is in one segment.</summary>
    protected async Task<JobOutcome> RunAsync() => await Host.ExecuteAsync(Assert.Single(await Host.DetectAsync()).Parameters);

    protected async Task<IReadOnlyList<string>> DueAsync() =>
    [
        .. (await Host.DetectAsync()).SelectMany(proposal => proposal.Parameters["files"].Wire.ListValue.Values.Select(file => file.MapValue.Fields["path"].StringValue)),
    ];

    protected static string Counts(JobOutcome outcome) => string.Join(
        ' ', ((string[])["new", "ok", "changed", "bit_rot", "missing", "unreadable", "tampered"]).Where(name => outcome.Outputs[name].Wire.Int64Value > 0).Select(name => $"{name}={outcome.Outputs[name].Wire.Int64Value}"));
}

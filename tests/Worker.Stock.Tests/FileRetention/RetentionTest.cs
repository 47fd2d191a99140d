using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.FileRetention;

namespace BlazorPluginAdmin.WorkerStock.Tests.FileRetention;

/// <summary>A real directory tree, and the handler with a configuration that acts on it.</summary>
public abstract class RetentionTest : IDisposable
{
    protected RetentionTest()
    {
        Directory.CreateDirectory(Root);
        Host = HostAt(TimeProvider.System);
        Host.WorkerConfig["roots"] = new[] { Root };
        Host.WorkerConfig["dry_run"] = false;
        Host.WorkerConfig["min_keep"] = 0L;
    }

    protected static DateTime LongAgo { get; } = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    protected string Base { get; } = Directory.CreateTempSubdirectory("retention-").FullName;

    protected string Root => Path.Combine(Base, "files", "root");

    protected HandlerTestHost Host { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(Base, recursive: true);

    protected HandlerTestHost HostAt(TimeProvider time) => new(new RetentionHandler(new StockOptions { StateDirectory = Path.Combine(Base, "state") }, time));

    protected void Configure(string action)
    {
        Host.WorkerConfig["action"] = action;
        Host.WorkerConfig["delete_word"] = "delete";
        Host.WorkerConfig["move_to"] = Directory.CreateDirectory(Path.Combine(Base, "files", "archive")).FullName;
    }

    /// <summary>A file that is old enough for the default rules.</summary>
    protected string Old(string relative, string content = "x", DateTime? modified = null)
    {
        var file = Path.Combine(Root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        File.SetLastWriteTimeUtc(file, modified ?? LongAgo);
        return file;
    }

    protected async Task<ValueSet> ProposeAsync() => Assert.Single(await Host.DetectAsync()).Parameters;

    protected async Task<JobOutcome> RunAsync() => await Host.ExecuteAsync(await ProposeAsync());

    /// <summary>Paths below the root that a detection wants to act on.</summary>
    protected async Task<IReadOnlyList<string>> SelectedAsync(HandlerTestHost? host = null) =>
    [
        .. (await (host ?? Host).DetectAsync())
            .SelectMany(proposal => proposal.Parameters["files"].Wire.ListValue.Values.Select(file => file.MapValue.Fields["path"].StringValue))
            .Order(StringComparer.Ordinal),
    ];
}

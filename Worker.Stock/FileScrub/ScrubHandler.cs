using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>Finds files that were not read for a while, and compares them with the checksums of the last time.</summary>
public sealed class ScrubHandler(StockOptions options, TimeProvider time) : IJobHandler
{
    private readonly SafeRoot _safe = new(Path.GetFullPath(options.StateDirectory), options.FileRoots, [], onlyReads: true);
    private readonly ManifestStore _manifests = new(options.StateDirectory);

    public JobTypeDescriptor Descriptor { get; } = ScrubDescriptor.Build();

    public int Weight => 20;

    public async Task DetectAsync(DetectionContext context)
    {
        var random = new Random(unchecked((int)time.GetTimestamp()));
        foreach (var settings in Settings(context.Config))
        {
            context.Report("scanning", settings.Root);
            var files = settings.Files(context.Canceled).ToList();
            var rows = _manifests.Load(settings.Root);
            foreach (var batch in ScrubPlan.Batches(settings, rows, files, path => Posix.Look(Path.Combine(settings.Root, path), path) is null, time.GetUtcNow(), random))
            {
                await context.ProposeAsync(Proposal(context.WorkerId, batch));
                if (context.IsFull)
                {
                    return;
                }
            }
        }
    }

    /// <summary>A job says which files; how they are judged is read from the saved configuration.</summary>
    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var root = context.Config.Text("root");
        if (Settings(context.Saved).FirstOrDefault(one => one.Root == root) is not { } settings)
        {
            return JobOutcome.Failed($"{root} is not among the configured roots any more; nothing was read", permanent: true);
        }

        return ProposedFile.ListFrom(context.Config.Raw("files")) is { } files
            ? await Task.Run(() => new ScrubRun(context, settings, _manifests, time).RunAsync(files), CancellationToken.None)
            : JobOutcome.Failed("the parameter files is not a list of path, size and mtime_ns; nothing was read", permanent: true);
    }

    /// <exception cref="InvalidOperationException">A root may not be read; the text says why and what to do.</exception>
    private IReadOnlyList<ScrubSettings> Settings(ConfigReader config)
    {
        var all = ScrubSettings.Read(config);
        var problems = _safe.Problems([.. all.Select(settings => settings.Root)]);
        return problems.Count == 0 ? all : throw new InvalidOperationException(string.Join("; ", problems));
    }

    private Proposal Proposal(string workerId, ScrubBatch batch)
    {
        var key = BatchKey.Of("file_scrub", workerId, batch.Root, batch.Segment);
        var place = batch.Segment.Length == 0 ? batch.Root : Path.Combine(batch.Root, batch.Segment);
        return new Proposal
        {
            Id = key,
            DedupeKey = key,
            Priority = batch.HasRot ? JobPriority.High : JobPriority.Normal,
            Summary = string.Create(CultureInfo.InvariantCulture, $"verify {Amount.Of(batch.Files.Count, "file")} ({Amount.OfBytes(batch.TotalBytes)}) in {place}"),
            Parameters = new ValueSet
            {
                ["root"] = batch.Root,
                ["segment"] = batch.Segment,
                ["total_bytes"] = batch.TotalBytes,
                ["file_count"] = (long)batch.Files.Count,
                ["files"] = Value.List(batch.Files.Select(file => file.ToValue())),
            },
            Labels = new Dictionary<string, string> { ["require.worker_id"] = workerId },
            ExpiresAt = time.GetUtcNow() + TimeSpan.FromHours(24),
        };
    }
}

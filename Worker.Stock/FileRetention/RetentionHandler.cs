using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>Finds old or large files and compresses, moves or deletes them; a dry run until somebody says otherwise.</summary>
public sealed class RetentionHandler(StockOptions options, TimeProvider time) : IJobHandler
{
    private const int FailuresListed = 100;

    private readonly SafeRoot _safe = new(Path.GetFullPath(options.StateDirectory), options.FileRoots, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    public JobTypeDescriptor Descriptor { get; } = RetentionDescriptor.Build();

    public int Weight => 30;

    public async Task DetectAsync(DetectionContext context)
    {
        var all = Settings(context.Config);
        foreach (var settings in all)
        {
            if (!RetentionPlan.MayActToday(settings, time.GetLocalNow(), FreePercent(settings.Root)))
            {
                context.Report("skipped", $"{settings.Root}: not today, or enough space is free");
                continue;
            }

            context.Report("scanning", settings.Root);
            var files = FileWalk.Files(settings.Root, settings.Include, settings.Exclude, settings.MaxDepth, settings.OneFileSystem, context.Canceled).ToList();
            foreach (var batch in RetentionPlan.Batches(settings, files, time.GetUtcNow()))
            {
                await context.ProposeAsync(Proposal(context.WorkerId, settings, batch));
                if (context.IsFull)
                {
                    return;
                }
            }
        }
    }

    public Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var root = context.Config.Text("root");
        var settings = Settings(context.Config).FirstOrDefault(one => one.Root == root);
        if (settings is null)
        {
            return Task.FromResult(JobOutcome.Failed($"{root} is not among the configured roots any more; nothing was touched", permanent: true));
        }

        var wanted = JsonSerializer.Deserialize<List<FileParameter>>(context.Config.Text("files", "[]"), Json)!;
        return Task.Run(() => Execute(context, settings, wanted), context.Canceled);
    }

    private sealed record FileParameter(string Path, long Size, long MtimeNs);

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private JobOutcome Execute(JobContext context, RetentionSettings settings, List<FileParameter> wanted)
    {
        var tally = new Tally();
        foreach (var (file, index) in wanted.Select((file, index) => (file, index)))
        {
            context.Canceled.ThrowIfCancellationRequested();
            var line = Handle(settings, file, tally, context.Canceled);
            context.WriteLine(line);
            context.Report((index + 1) * 100.0 / wanted.Count, settings.DryRun ? "dry run" : settings.Action, $"{index + 1} of {wanted.Count}: {file.Path}");
        }

        return tally.Outcome(settings);
    }

    private string Handle(RetentionSettings settings, FileParameter file, Tally tally, CancellationToken cancellationToken)
    {
        var path = Path.Combine(settings.Root, file.Path);
        if (!SafeRoot.IsWithin(Path.GetFullPath(path), settings.Root) || Path.GetFullPath(path) != path || SafeRoot.LinkOnTheWay(path) is not null)
        {
            return tally.Skip(file.Path, "unsafe");
        }

        if (Posix.Look(path, file.Path) is not { } fact)
        {
            return tally.Skip(file.Path, "gone");
        }

        if ((fact.Mode & Posix.TypeMask) != Posix.Regular || fact.Size != file.Size || fact.ModifiedNanos != file.MtimeNs || !RetentionPlan.IsSelected(settings, fact, time.GetUtcNow()))
        {
            return tally.Skip(file.Path, "changed");
        }

        if (RetentionPlan.Kept(settings, Siblings(settings, fact)).Contains(file.Path))
        {
            return tally.Skip(file.Path, "kept");
        }

        if (settings.DryRun)
        {
            return tally.Done(file.Path, $"would {settings.Action}", 0);
        }

        try
        {
            var result = settings.Action switch
            {
                "gzip" => FileActions.Gzip(path, fact, settings.GzipLevel, cancellationToken),
                "move" => FileActions.Move(path, fact, settings.MoveTo, cancellationToken),
                "delete" => FileActions.Delete(path, fact),
                _ => throw new InvalidOperationException($"unknown action {settings.Action}"),
            };
            return tally.Done(file.Path, settings.Action + (result.NewPath.Length > 0 ? $" -> {result.NewPath}" : ""), result.Reclaimed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return tally.Fail(file.Path, exception.Message);
        }
    }

    /// <summary>Files of the same directory that the patterns select: the newest of them stay.</summary>
    private static IEnumerable<FileFact> Siblings(RetentionSettings settings, FileFact fact) =>
        Directory.EnumerateFiles(Path.Combine(settings.Root, fact.Folder))
            .Select(path => Path.GetRelativePath(settings.Root, path))
            .Where(relative => settings.Include.Any(glob => glob.Matches(relative)) && !settings.Exclude.Any(glob => glob.Matches(relative)))
            .Select(relative => Posix.Look(Path.Combine(settings.Root, relative), relative))
            .OfType<FileFact>()
            .Where(sibling => (sibling.Mode & Posix.TypeMask) == Posix.Regular);

    /// <exception cref="InvalidOperationException">A root may not be used; the text says why and what to do.</exception>
    private IReadOnlyList<RetentionSettings> Settings(ConfigReader config)
    {
        var all = RetentionSettings.Read(config);
        var roots = all.Select(settings => settings.Root).ToList();
        var problems = _safe.Problems(roots).Concat(all.SelectMany(settings => settings.Problems(roots, _safe))).ToList();
        if (config.Text("action") == "delete" && config.Text("delete_word") != "delete")
        {
            problems.Add("deleting needs the word 'delete' in the form");
        }

        return problems.Count == 0 ? all : throw new InvalidOperationException(string.Join("; ", problems));
    }

    private Proposal Proposal(string workerId, RetentionSettings settings, RetentionBatch batch)
    {
        var place = batch.Segment.Length == 0 ? settings.Root : Path.Combine(settings.Root, batch.Segment);
        var mib = batch.TotalBytes / (1024.0 * 1024);
        var key = $"file_retention:{workerId}:{settings.Root}#{batch.Segment}";
        return new Proposal
        {
            Id = key,
            DedupeKey = key,
            Summary = string.Create(CultureInfo.InvariantCulture, $"{(settings.DryRun ? "dry run: " : "")}{settings.Action} {batch.Files.Count} files ({mib:0.##} MiB) in {place}"),
            Parameters = new ValueSet
            {
                ["root"] = settings.Root,
                ["segment"] = batch.Segment,
                ["action"] = settings.Action,
                ["dry_run"] = settings.DryRun,
                ["total_bytes"] = batch.TotalBytes,
                ["file_count"] = (long)batch.Files.Count,
                ["files"] = JsonSerializer.Serialize(batch.Files.Select(file => new FileParameter(file.RelativePath, file.Size, file.ModifiedNanos)), Json),
            },
            Labels = new Dictionary<string, string> { ["require.worker_id"] = workerId },
            ExpiresAt = time.GetUtcNow() + TimeSpan.FromHours(24),
        };
    }

    private static double FreePercent(string root)
    {
        var drive = new DriveInfo(root);
        return drive.TotalSize == 0 ? 100 : drive.AvailableFreeSpace * 100.0 / drive.TotalSize;
    }

    /// <summary>Counts of one attempt.</summary>
    private sealed class Tally
    {
        private readonly Dictionary<string, long> _byReason = new(StringComparer.Ordinal);
        private readonly List<string> _failures = [];
        private long _processed;
        private long _skipped;
        private long _failed;
        private long _reclaimed;

        public string Done(string path, string what, long reclaimed)
        {
            _processed++;
            _reclaimed += reclaimed;
            return $"{what}: {path}";
        }

        public string Skip(string path, string reason)
        {
            _skipped++;
            _byReason[reason] = _byReason.GetValueOrDefault(reason) + 1;
            return $"skipped ({reason}): {path}";
        }

        public string Fail(string path, string why)
        {
            _failed++;
            if (_failures.Count < FailuresListed)
            {
                _failures.Add($"{path}: {why}");
            }

            return $"failed: {path}: {why}";
        }

        public JobOutcome Outcome(RetentionSettings settings)
        {
            var outputs = new ValueSet
            {
                ["processed"] = _processed,
                ["skipped"] = _skipped,
                ["failed"] = _failed,
                ["reclaimed_bytes"] = _reclaimed,
                ["by_reason"] = Value.Map(_byReason.Select(pair => KeyValuePair.Create(pair.Key, (Value)pair.Value))),
                ["failures"] = _failures.ToArray(),
                ["dry_run"] = settings.DryRun,
                ["action"] = settings.Action,
            };
            var summary = string.Create(CultureInfo.InvariantCulture, $"{(settings.DryRun ? "dry run: " : "")}{_processed} processed, {_skipped} skipped, {_failed} failed, {_reclaimed} bytes reclaimed");
            return _failed == 0 ? JobOutcome.Succeeded(summary, outputs) : JobOutcome.Failed($"{_failed} files failed, first: {_failures[0]}", outputs: outputs);
        }
    }
}

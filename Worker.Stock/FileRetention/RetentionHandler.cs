using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>Finds old or large files and compresses, moves or deletes them; a dry run until somebody says otherwise.</summary>
public sealed class RetentionHandler(StockOptions options, TimeProvider time) : IJobHandler
{
    private readonly SafeRoot _safe = new(Path.GetFullPath(options.StateDirectory), options.FileRoots, SafeRoot.Homes());

    public JobTypeDescriptor Descriptor { get; } = RetentionDescriptor.Build();

    public int Weight => 30;

    public async Task DetectAsync(DetectionContext context)
    {
        var all = Settings(context.Config);
        foreach (var settings in all)
        {
            if (!settings.Weekdays.Contains(time.GetLocalNow().DayOfWeek) || !RetentionPlan.IsShortOfSpace(settings))
            {
                context.Report("skipped", $"{settings.Root}: not today, or enough space is free");
                continue;
            }

            context.Report("scanning", settings.Root);
            var files = settings.Files(context.Canceled).ToList();
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

    /// <summary>A job says which files; what may happen to them is read from the saved configuration, and a dry run only ever adds to caution.</summary>
    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var root = context.Config.Text("root");
        if (Settings(context.Saved).FirstOrDefault(one => one.Root == root) is not { } settings)
        {
            return Refused($"{root} is not among the configured roots any more; nothing was touched");
        }

        if (context.Config.Text("action") is var action && action != settings.Action && context.Request.Job.Parameters.ContainsKey("action"))
        {
            return Refused($"proposed was {action}, but {root} is configured for {settings.Action} now; nothing was touched");
        }

        if (ProposedFile.ListFrom(context.Config.Raw("files")) is not { } files)
        {
            return Refused("the parameter files is not a list of path, size and mtime_ns; nothing was touched");
        }

        var run = new RetentionRun(context, settings with { DryRun = settings.DryRun || context.Config.Bool("dry_run") }, time);
        return await Task.Run(() => run.Run(files), CancellationToken.None);
    }

    private static JobOutcome Refused(string why) => JobOutcome.Failed(why, permanent: true);

    /// <exception cref="InvalidOperationException">A root may not be used; the text says why and what to do.</exception>
    private IReadOnlyList<RetentionSettings> Settings(ConfigReader config)
    {
        var all = RetentionSettings.Read(config);
        var roots = all.Select(settings => settings.Root).ToList();
        var problems = _safe.Problems(roots).Concat(RetentionSettings.OverrideProblems(config, RetentionDescriptor.Overridable)).Concat(all.SelectMany(settings => settings.Problems(roots, _safe))).ToList();
        return problems.Count == 0 ? all : throw new InvalidOperationException(string.Join("; ", problems));
    }

    private Proposal Proposal(string workerId, RetentionSettings settings, RetentionBatch batch)
    {
        var place = batch.Segment.Length == 0 ? settings.Root : Path.Combine(settings.Root, batch.Segment);
        var key = BatchKey.Of("file_retention", workerId, settings.Root, batch.Segment);
        return new Proposal
        {
            Id = key,
            DedupeKey = key,
            Summary = string.Create(CultureInfo.InvariantCulture, $"{(settings.DryRun ? "dry run: " : "")}{settings.Action} {Amount.Of(batch.Files.Count, "file")} ({Amount.OfBytes(batch.TotalBytes)}) in {place}"),
            Parameters = new ValueSet
            {
                ["root"] = settings.Root,
                ["segment"] = batch.Segment,
                ["action"] = settings.Action,
                ["dry_run"] = settings.DryRun,
                ["total_bytes"] = batch.TotalBytes,
                ["file_count"] = (long)batch.Files.Count,
                ["files"] = Value.List(batch.Files.Select(file => new ProposedFile(file.RelativePath, file.Size, file.ModifiedNanos).ToValue())),
            },
            Labels = new Dictionary<string, string> { ["require.worker_id"] = workerId },
            ExpiresAt = time.GetUtcNow() + TimeSpan.FromHours(24),
        };
    }
}

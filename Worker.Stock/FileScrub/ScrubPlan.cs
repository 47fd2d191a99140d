using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>Files of one segment that are read by one job.</summary>
/// <param name="HasRot">Something of the segment was found rotten last time.</param>
internal sealed record ScrubBatch(string Root, string Segment, IReadOnlyList<ProposedFile> Files, bool HasRot)
{
    public long TotalBytes => Files.Sum(file => file.Size);
}

/// <summary>Pure choice: which files are due, in which batches.</summary>
internal static class ScrubPlan
{
    /// <summary>A bad sector seldom comes alone, and a restored file should not stay suspect for a month.</summary>
    private static readonly TimeSpan SuspectAgain = TimeSpan.FromDays(1);

    /// <param name="file">Null = it is not there.</param>
    public static bool IsDue(ScrubSettings settings, ManifestRow? row, FileFact? file, DateTimeOffset now)
    {
        if (file is not null && now - file.Modified < settings.UntouchedFor)
        {
            return false;
        }

        if (row is null || !row.IsIntact(settings.Root, settings.Key))
        {
            return row is not null || file is not null;
        }

        var news = file is null ? row.Finding != Finding.Missing : row.Finding == Finding.Missing || (Differs(row, file) && row.Finding != Finding.Changed);
        var every = row.Finding is Finding.BitRot or Finding.Unreadable && settings.VerifyEvery > SuspectAgain ? SuspectAgain : settings.VerifyEvery;
        return news || now - row.VerifiedAt >= every;
    }

    public static bool Differs(ManifestRow row, FileFact file) => row.Size != file.Size || row.MtimeNs != file.ModifiedNanos;

    /// <summary>One batch per segment, so that batches never overlap; what does not fit waits for the next detection.</summary>
    /// <param name="isGone">Whether a file of the manifest that was not found is really not there.</param>
    public static IEnumerable<ScrubBatch> Batches(
        ScrubSettings settings, IReadOnlyDictionary<string, ManifestRow> rows, IReadOnlyCollection<FileFact> files, Func<string, bool> isGone, DateTimeOffset now, Random random)
    {
        var found = files.Select(file => file.RelativePath).ToHashSet(StringComparer.Ordinal);
        var rotten = rows.Values.Where(row => row.Finding == Finding.BitRot).Select(row => FileFact.SegmentOf(row.Path)).ToHashSet(StringComparer.Ordinal);
        var due = files.Where(file => IsDue(settings, rows.GetValueOrDefault(file.RelativePath), file, now))
            .Select(file => new ProposedFile(file.RelativePath, file.Size, file.ModifiedNanos))
            .Concat(rows.Values
                .Where(row => !found.Contains(row.Path) && settings.Matches(row.Path) && IsDue(settings, row, null, now) && isGone(row.Path))
                .Select(row => new ProposedFile(row.Path, row.Size, row.MtimeNs)))
            .ToArray();
        return Ordered(settings, due, rows, random)
            .GroupBy(file => FileFact.SegmentOf(file.Path))
            .Select(group => new ScrubBatch(settings.Root, group.Key, Fitting(settings, group), rotten.Contains(group.Key)))
            .OrderByDescending(batch => batch.HasRot);
    }

    private static IEnumerable<ProposedFile> Ordered(ScrubSettings settings, ProposedFile[] files, IReadOnlyDictionary<string, ManifestRow> rows, Random random)
    {
        switch (settings.Order)
        {
            case "path":
                return files.OrderBy(file => file.Path, StringComparer.Ordinal);
            case "random":
                random.Shuffle(files);
                return files;
            default:
                return files.OrderBy(file => rows.TryGetValue(file.Path, out var row) ? row.VerifiedAt : DateTimeOffset.MinValue).ThenBy(file => file.MtimeNs).ThenBy(file => file.Path, StringComparer.Ordinal);
        }
    }

    private static List<ProposedFile> Fitting(ScrubSettings settings, IEnumerable<ProposedFile> files)
    {
        var limit = new BatchLimit(settings.BatchFiles, settings.BatchMib);
        return [.. files.TakeWhile(file => limit.Takes(file.Path, file.Size))];
    }
}

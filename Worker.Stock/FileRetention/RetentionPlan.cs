using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>Files of one segment that are handled by one job.</summary>
public sealed record RetentionBatch(string Root, string Segment, IReadOnlyList<FileFact> Files)
{
    public long TotalBytes => Files.Sum(file => file.Size);
}

/// <summary>Pure choice: which files, in which batches.</summary>
public static class RetentionPlan
{
    private const double Mib = 1024 * 1024;

    /// <summary>What the age and size rules select, before the newest ones are kept.</summary>
    public static bool IsSelected(RetentionSettings settings, FileFact file, DateTimeOffset now)
    {
        var untouched = now - file.Modified;
        if (untouched < settings.UntouchedFor || (settings.Action == "gzip" && (file.RelativePath.EndsWith(".gz", StringComparison.Ordinal) || file.Links > 1)))
        {
            return false;
        }

        var age = now - (settings.AgeByChange ? file.Changed : file.Modified);
        bool? old = settings.OlderThanDays > 0 ? age.TotalDays > settings.OlderThanDays : null;
        bool? large = settings.LargerThanMib > 0 ? file.Size > settings.LargerThanMib * Mib : null;
        return settings.MatchAll ? (old ?? true) && (large ?? true) && (old ?? large) is not null : old == true || large == true;
    }

    /// <summary>The newest files of each directory stay, whether they match the rules or not.</summary>
    public static IEnumerable<FileFact> Newest(RetentionSettings settings, IEnumerable<FileFact> files) => files
        .GroupBy(file => file.Folder)
        .SelectMany(folder => folder.OrderByDescending(file => file.ModifiedNanos).ThenBy(file => file.RelativePath, StringComparer.Ordinal).Take(settings.MinKeep));

    /// <summary>Files are only acted upon while their file system has less free than configured.</summary>
    public static bool IsShortOfSpace(RetentionSettings settings)
    {
        if (settings.ActBelowFreePercent <= 0)
        {
            return true;
        }

        var drive = new DriveInfo(settings.Root);
        return drive.AvailableFreeSpace * 100.0 < settings.ActBelowFreePercent * drive.TotalSize;
    }

    /// <summary>One batch per segment, so that batches never overlap; what does not fit waits for the next detection.</summary>
    public static IEnumerable<RetentionBatch> Batches(RetentionSettings settings, IReadOnlyCollection<FileFact> files, DateTimeOffset now)
    {
        var kept = Newest(settings, files).Select(file => file.RelativePath).ToHashSet(StringComparer.Ordinal);
        return files
            .Where(file => !kept.Contains(file.RelativePath) && IsSelected(settings, file, now))
            .GroupBy(file => file.Segment)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new RetentionBatch(settings.Root, group.Key, Fitting(settings, group)));
    }

    private static List<FileFact> Fitting(RetentionSettings settings, IEnumerable<FileFact> files)
    {
        var limit = new BatchLimit(settings.BatchFiles, settings.BatchMib);
        return [.. files.OrderBy(file => file.ModifiedNanos).ThenBy(file => file.RelativePath, StringComparer.Ordinal).TakeWhile(file => limit.Takes(file.RelativePath, file.Size))];
    }
}

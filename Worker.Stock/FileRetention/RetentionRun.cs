using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>One attempt: every file is looked at again, through a directory held open, right before something happens to it.</summary>
internal sealed class RetentionRun(JobContext context, RetentionSettings settings, TimeProvider time)
{
    private readonly RetentionTally _tally = new();
    private readonly KeptFiles _kept = new(settings);

    public JobOutcome Run(IReadOnlyList<ProposedFile> files)
    {
        try
        {
            for (var n = 0; n < files.Count; n++)
            {
                context.Canceled.ThrowIfCancellationRequested();
                context.WriteLine(Handle(files[n]));
                context.Report((n + 1) * 100.0 / files.Count, settings.DryRun ? "dry run" : settings.Action, $"{n + 1} of {files.Count}: {files[n].Path}");
            }
        }
        catch (OperationCanceledException) when (context.Canceled.IsCancellationRequested)
        {
            return _tally.Outcome(settings, canceled: true);
        }

        return _tally.Outcome(settings, canceled: false);
    }

    private string Handle(ProposedFile file)
    {
        PinnedFolder? folder;
        try
        {
            folder = PinnedFolder.OpenParent(settings.Root, file.Path);
        }
        catch (IOException)
        {
            return _tally.Skip(file.Path, "unsafe");
        }

        using (folder)
        {
            return folder is null || Posix.Look(folder.At(Path.GetFileName(file.Path)), file.Path) is not { } fact ? _tally.Skip(file.Path, "gone")
                : Reason(folder, file, fact) is { } reason ? _tally.Skip(file.Path, reason)
                : settings.DryRun ? _tally.Done(file.Path, $"would {settings.Action}", 0)
                : Act(folder, fact);
        }
    }

    /// <summary>Why a file is left alone, or null.</summary>
    private string? Reason(PinnedFolder folder, ProposedFile file, FileFact fact) =>
        (fact.Mode & Posix.TypeMask) == Posix.Link || settings.IsBelowClosed(file.Path) ? "unsafe"
        : (fact.Mode & Posix.TypeMask) != Posix.Regular || fact.Size != file.Size || fact.ModifiedNanos != file.MtimeNs || !RetentionPlan.IsSelected(settings, fact, time.GetUtcNow()) ? "changed"
        : _kept.Keeps(folder, fact) ? "kept"
        : !RetentionPlan.IsShortOfSpace(settings) ? "enough_free"
        : null;

    private string Act(PinnedFolder folder, FileFact fact)
    {
        try
        {
            var result = settings.Action switch
            {
                "gzip" => FileActions.Gzip(folder, fact, settings.GzipLevel, context.Canceled),
                "move" => FileActions.Move(folder, fact, settings.MoveTo, context.Canceled),
                "delete" => FileActions.Delete(folder, fact),
                _ => throw new InvalidOperationException($"unknown action {settings.Action}"),
            };
            return _tally.Done(fact.RelativePath, settings.Action + (result.NewPath.Length > 0 ? $" -> {result.NewPath}" : ""), result.Reclaimed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return _tally.Fail(fact.RelativePath, folder.Readable(exception.Message));
        }
    }
}

/// <summary>
/// The newest files of each directory. What was found is trusted as long as all of it is still there unchanged; newer
/// files that come meanwhile only make more files stay than must.
/// </summary>
internal sealed class KeptFiles(RetentionSettings settings)
{
    private readonly Dictionary<string, List<FileFact>> _byFolder = new(StringComparer.Ordinal);

    public bool Keeps(PinnedFolder folder, FileFact file)
    {
        if (settings.MinKeep == 0)
        {
            return false;
        }

        if (!_byFolder.TryGetValue(file.Folder, out var kept) || kept.Exists(one => folder.Look(one)?.ModifiedNanos != one.ModifiedNanos))
        {
            _byFolder[file.Folder] = kept = [.. RetentionPlan.Newest(settings, Siblings(folder, file))];
        }

        return kept.Exists(one => one.RelativePath == file.RelativePath);
    }

    private IEnumerable<FileFact> Siblings(PinnedFolder folder, FileFact file) =>
        Directory.EnumerateFiles(folder.At(""))
            .Select(path => Path.Combine(file.Folder, Path.GetFileName(path)))
            .Where(settings.Matches)
            .Select(relative => Posix.Look(folder.At(Path.GetFileName(relative)), relative))
            .OfType<FileFact>()
            .Where(sibling => (sibling.Mode & Posix.TypeMask) == Posix.Regular);
}

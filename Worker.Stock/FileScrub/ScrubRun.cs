using System.Text;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;
using Microsoft.Win32.SafeHandles;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>
/// One attempt: files are read and compared, never written. Its stdout is what <c>sha256sum -c</c> takes, one line for each file
/// that has a checksum; what was found is said on stderr.
/// </summary>
internal sealed class ScrubRun(JobContext context, ScrubSettings settings, ManifestStore manifests, TimeProvider time)
{
    private readonly IReadOnlyDictionary<string, ManifestRow> _rows = manifests.Load(settings.Root);
    private readonly Dictionary<string, ManifestRow?> _changes = new(StringComparer.Ordinal);
    private readonly FileReader _reader = new(settings.ReadLimit, time);
    private readonly ScrubTally _tally = new();

    public async Task<JobOutcome> RunAsync(IReadOnlyList<ProposedFile> files)
    {
        var canceled = false;
        try
        {
            for (var n = 0; n < files.Count; n++)
            {
                context.Canceled.ThrowIfCancellationRequested();
                await CheckAsync(files[n].Path);
                context.Report((n + 1) * 100.0 / files.Count, "reading", $"{n + 1} of {files.Count}: {files[n].Path}");
            }
        }
        catch (OperationCanceledException) when (context.Canceled.IsCancellationRequested)
        {
            canceled = true;
        }

        // What was read is not read in vain, however it ended.
        manifests.Change(settings.Root, _changes);
        _tally.Bytes = _reader.Bytes;
        return _tally.Outcome(canceled);
    }

    private async Task CheckAsync(string path)
    {
        PinnedFolder? folder;
        try
        {
            folder = PinnedFolder.OpenParent(settings.Root, path);
        }
        catch (IOException)
        {
            Skip(path, "unsafe");
            return;
        }

        using (folder)
        {
            var row = _rows.GetValueOrDefault(path);
            if (folder is null || Posix.Look(folder.At(Path.GetFileName(path)), path) is not { } fact)
            {
                Gone(path, row);
            }
            else if (!fact.IsRegular)
            {
                Skip(path, "unsafe");
            }
            else if (time.GetUtcNow() - fact.Modified < settings.UntouchedFor)
            {
                Skip(path, "too_young");
            }
            else
            {
                await ReadAsync(folder, fact, row);
            }
        }
    }

    private void Gone(string path, ManifestRow? row)
    {
        if (row is null)
        {
            Skip(path, "gone");
        }
        else if (!row.IsIntact(settings.Root, settings.Key))
        {
            Report(path, Finding.Tampered, "the file is gone, its row is forgotten");
            _changes[path] = null;
        }
        else if (settings.AcceptChanged && row.Finding == Finding.Missing && time.GetUtcNow() - row.VerifiedAt >= settings.VerifyEvery)
        {
            Skip(path, "forgotten");
            _changes[path] = null;
        }
        else
        {
            Report(path, Finding.Missing, $"last seen with {Amount.OfBytes(row.Size)}");
            Keep(row with { Finding = Finding.Missing, VerifiedAt = time.GetUtcNow() });
        }
    }

    private async Task ReadAsync(PinnedFolder folder, FileFact fact, ManifestRow? row)
    {
        var path = fact.RelativePath;
        try
        {
            using var handle = folder.OpenSame(fact);
            if (handle is null)
            {
                Skip(path, "changed_meanwhile");
                return;
            }

            var hash = await _reader.HashAsync(handle, again: false, context.Canceled);
            if (!Posix.Look(handle, path).IsSame(fact))
            {
                Skip(path, "changed_meanwhile");
                return;
            }

            await JudgeAsync(handle, fact, row, hash);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Unreadable(fact, row, folder.Readable(exception.Message));
        }
    }

    private async Task JudgeAsync(SafeFileHandle handle, FileFact fact, ManifestRow? row, string hash)
    {
        var path = fact.RelativePath;
        var now = time.GetUtcNow();
        var fresh = new ManifestRow(path, fact.Size, fact.ModifiedNanos, hash, row?.FirstSeen ?? now, now, "");
        if (row is not null && !row.IsIntact(settings.Root, settings.Key))
        {
            Report(path, Finding.Tampered, $"the row said {row.Sha256}, the file is {hash}");
            await ExportAsync(Keep(fresh with { FirstSeen = now }));
        }
        else if (row is null || row.Sha256.Length == 0)
        {
            Report(path, Finding.New, "");
            await ExportAsync(Keep(fresh));
        }
        else if (ScrubPlan.Differs(row, fact))
        {
            Report(path, Finding.Changed, settings.AcceptChanged ? "has its new checksum now" : $"was {row.Sha256}, is {hash}");
            await ExportAsync(Keep(settings.AcceptChanged ? fresh : row with { Finding = Finding.Changed, VerifiedAt = now }));
        }
        else if (hash == row.Sha256)
        {
            Report(path, Finding.Ok, "");
            await ExportAsync(Keep(fresh));
        }
        else if (await IsConfirmedAsync(handle, hash))
        {
            Report(path, Finding.BitRot, $"was {row.Sha256}, is {hash}");
            await ExportAsync(Keep(row with { Finding = Finding.BitRot, VerifiedAt = now }));
        }
        else
        {
            Unreadable(fact, row, "it reads differently each time");
        }
    }

    private async Task<bool> IsConfirmedAsync(SafeFileHandle handle, string hash)
    {
        for (var read = 1; read < settings.ConfirmReads; read++)
        {
            if (await _reader.HashAsync(handle, again: true, context.Canceled) != hash)
            {
                return false;
            }
        }

        return true;
    }

    private void Unreadable(FileFact fact, ManifestRow? row, string why)
    {
        var now = time.GetUtcNow();
        Report(fact.RelativePath, Finding.Unreadable, why);
        Keep((row ?? new ManifestRow(fact.RelativePath, fact.Size, fact.ModifiedNanos, "", now, now, "")) with { Finding = Finding.Unreadable, VerifiedAt = now });
    }

    private ManifestRow Keep(ManifestRow row)
    {
        _changes[row.Path] = row.Signed(settings.Root, settings.Key);
        return row;
    }

    private void Report(string path, string finding, string detail)
    {
        _tally.Found(path, finding, detail, settings);
        if (finding != Finding.Ok)
        {
            Say(detail.Length == 0 ? $"{finding}: {path}" : $"{finding}: {path}: {detail}");
        }
    }

    private void Skip(string path, string reason)
    {
        _tally.Skip(reason);
        Say($"skipped ({reason}): {path}");
    }

    private void Say(string line) => context.Output(OutputStream.Stderr, Encoding.UTF8.GetBytes(OneLine.Of(line) + "\n"));

    private ValueTask ExportAsync(ManifestRow row) =>
        context.OutputAsync(OutputStream.Stdout, Encoding.UTF8.GetBytes(ChecksumLine.Of(row.Sha256, Path.Combine(settings.Root, row.Path))), context.Canceled);
}

/// <summary>A line as sha256sum writes and reads it: names with line breaks or backslashes are escaped, and the line says so.</summary>
internal static class ChecksumLine
{
    public static string Of(string hash, string path)
    {
        var escaped = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
        return $"{(escaped == path ? "" : "\\")}{hash}  {escaped}\n";
    }
}

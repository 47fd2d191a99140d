using System.Text.Json;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>
/// The plugin folder of a <c>weed admin</c>, read only. It may be anybody's: links are not followed, sizes and numbers of
/// files are bounded, and what cannot be read is a reason, never an exception.
/// </summary>
public sealed class WeedFolder
{
    /// <summary>Bytes of a descriptor, config or job.</summary>
    private const long SmallFile = 16 * 1024 * 1024;

    /// <summary>Bytes of a list of jobs or activities; theirs hold 1,000 and 4,000.</summary>
    private const long ListFile = 64 * 1024 * 1024;

    /// <summary>Bytes read in all, so that many files of allowed size are no way around the limits.</summary>
    private const long AllFiles = 512 * 1024 * 1024;

    private const int Entries = 20_000;

    private static readonly string[] Parts = ["job_types", "jobs", "activities"];

    private readonly string _path;
    private readonly ImportReport _report;
    private long _left = AllFiles;

    private WeedFolder(string path, ImportReport report)
    {
        _path = path;
        _report = report;
    }

    /// <summary>The data directory of a <c>weed admin</c>, or the folder <c>plugin</c> in it; null when it is neither.</summary>
    public static WeedFolder? Find(string directory, ImportReport report)
    {
        var inside = Path.Combine(directory, "plugin");
        return IsPlugin(inside) ? new WeedFolder(inside, report) : IsPlugin(directory) ? new WeedFolder(directory, report) : null;
    }

    /// <summary>Names of folders, or of files that end in .json, in order.</summary>
    public IReadOnlyList<string> Names(ImportKind kind, string folder, bool folders)
    {
        var directory = new DirectoryInfo(Path.Combine(_path, folder));
        try
        {
            if (!directory.Exists)
            {
                return [];
            }

            if (IsLinked(folder))
            {
                _report.Skip(kind, folder, "it is a link, and links are not followed");
                return [];
            }

            var found = directory.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
                .Where(entry => folders ? entry is DirectoryInfo || entry.LinkTarget is not null : entry.Name.EndsWith(".json", StringComparison.Ordinal))
                .Take(Entries + 1)
                .Select(entry => entry.Name)
                .ToList();
            if (found.Count > Entries)
            {
                _report.Warn(folder, $"it has more than {Entries} entries, the rest is left out");
                found.RemoveAt(Entries);
            }

            found.Sort(StringComparer.Ordinal);
            return found;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _report.Skip(kind, folder, $"it cannot be read ({exception.Message})");
            return [];
        }
    }

    /// <summary>The bytes of a file; null with a reason when they cannot be had, null without one when there is no such file.</summary>
    public byte[]? Bytes(string name, out string reason, bool isList = false)
    {
        reason = "";
        try
        {
            var file = new FileInfo(Path.Combine(_path, name));
            if (IsLinked(name))
            {
                reason = "it is a link, and links are not followed";
                return null;
            }

            if (!file.Exists)
            {
                return null;
            }

            // Pipes and devices are empty too, and opening one could wait for ever.
            var most = Math.Min(isList ? ListFile : SmallFile, _left);
            reason = file.Length == 0 ? "it is empty" : file.Length > most ? $"it has {file.Length} bytes, {most} are the most" : "";
            if (reason.Length > 0)
            {
                return null;
            }

            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _left -= read;
            _report.Read();
            return bytes[..read];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reason = $"it cannot be read ({exception.Message})";
            return null;
        }
    }

    /// <summary>A JSON file; null with a reason when it is none.</summary>
    public JsonDocument? Json(string name, out string reason, bool isList = false)
    {
        if (Bytes(name, out reason, isList) is not { } bytes)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 128 });
        }
        catch (JsonException exception)
        {
            reason = $"it is not JSON, or only half of it ({exception.Message})";
            return null;
        }
    }

    private static bool IsPlugin(string path) => Parts.Any(part => Directory.Exists(Path.Combine(path, part)));

    /// <summary>Whether a step of the way below the named folder is a link.</summary>
    private bool IsLinked(string name)
    {
        var path = _path;
        foreach (var step in name.Split('/'))
        {
            path = Path.Combine(path, step);
            if (new FileInfo(path).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>
/// One file a root in the worker's state directory: a line for the root, then one for each file. It is replaced whole, so
/// that after a crash it is the one before or the one after a batch. One lock, as two batches of a root may end at once.
/// </summary>
public sealed class ManifestStore(string stateDirectory)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(stateDirectory, "manifests");

    public string FileOf(string root) => Path.Combine(_folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..32]}.jsonl");

    /// <summary>Empty when the root was never scrubbed.</summary>
    /// <exception cref="InvalidDataException">A line cannot be read; the text says what to do.</exception>
    public IReadOnlyDictionary<string, ManifestRow> Load(string root)
    {
        lock (_gate)
        {
            return LoadLocked(root);
        }
    }

    /// <param name="changes">By path; null = forget it.</param>
    public void Change(string root, IReadOnlyDictionary<string, ManifestRow?> changes)
    {
        lock (_gate)
        {
            var rows = LoadLocked(root);
            foreach (var (path, row) in changes)
            {
                if (row is null)
                {
                    rows.Remove(path);
                }
                else
                {
                    rows[path] = row;
                }
            }

            SaveLocked(root, rows.Values);
        }
    }

    private Dictionary<string, ManifestRow> LoadLocked(string root)
    {
        var rows = new Dictionary<string, ManifestRow>(StringComparer.Ordinal);
        var file = FileOf(root);
        if (!File.Exists(file))
        {
            return rows;
        }

        var number = 1;
        foreach (var line in File.ReadLines(file).Skip(1))
        {
            number++;
            try
            {
                var row = JsonSerializer.Deserialize<ManifestRow>(line)!;
                rows[row.Path] = row;
            }
            catch (Exception exception) when (exception is JsonException or NullReferenceException or ArgumentNullException)
            {
                throw new InvalidDataException($"line {number} of {file}, the manifest of {root}, cannot be read; mend it, or move the file away to begin anew", exception);
            }
        }

        return rows;
    }

    private void SaveLocked(string root, IEnumerable<ManifestRow> rows)
    {
        Directory.CreateDirectory(_folder, Private | UnixFileMode.UserExecute);
        var file = FileOf(root);
        var temporary = file + ".tmp";
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private }))
        {
            using (var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" })
            {
                writer.WriteLine(JsonSerializer.Serialize(new Dictionary<string, string> { ["root"] = root }));
                foreach (var row in rows.OrderBy(row => row.Path, StringComparer.Ordinal))
                {
                    writer.WriteLine(JsonSerializer.Serialize(row));
                }
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
        using var folder = Posix.OpenFolder(_folder, create: false);
        Posix.Sync(folder!);
    }
}

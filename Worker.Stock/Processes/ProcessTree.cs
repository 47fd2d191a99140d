using System.Globalization;
using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>
/// Who belongs to a command though he left its group: found by his parents, and, when those are gone, by a variable that the
/// job gave to all of its processes.
/// </summary>
internal sealed class ProcessTree(int root, IReadOnlyDictionary<string, string> environment)
{
    private const string Processes = "/proc";

    /// <summary>A variable that no other run has with this value.</summary>
    private const string Mark = "JOB_RESULT_FILE";

    private readonly string? _mark = MarkOf(environment);

    private readonly record struct Entry(int Id, int Parent, int Group);

    /// <summary>The variable with its value, as it stands among those of a process; null: the job gave none.</summary>
    public static string? MarkOf(IReadOnlyDictionary<string, string> environment) => environment.TryGetValue(Mark, out var value) ? $"{Mark}={value}" : null;

    /// <summary>Living processes outside of the group.</summary>
    public IReadOnlyList<int> Strays()
    {
        if (!Directory.Exists(Processes))
        {
            return [];
        }

        var all = Directory.EnumerateDirectories(Processes).Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => Read(name!)).OfType<Entry>().ToList();
        var ours = all.Where(entry => entry.Group == root || IsMarked(entry.Id)).Select(entry => entry.Id).Append(root).ToHashSet();
        int known;
        do
        {
            // One generation after the other.
            known = ours.Count;
            ours.UnionWith(all.Where(entry => ours.Contains(entry.Parent)).Select(entry => entry.Id));
        }
        while (ours.Count > known);

        return [.. all.Where(entry => entry.Group != root && entry.Id != Environment.ProcessId && ours.Contains(entry.Id)).Select(entry => entry.Id)];
    }

    private bool IsMarked(int id)
    {
        if (_mark is null)
        {
            return false;
        }

        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"{Processes}/{id.ToString(CultureInfo.InvariantCulture)}/environ")).Split('\0').Contains(_mark);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended, or is somebody else's.
            return false;
        }
    }

    /// <summary>Null: it ended while we looked, or has ended and only waits for its parent to hear of it.</summary>
    private static Entry? Read(string id)
    {
        try
        {
            var stat = File.ReadAllText($"{Processes}/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new Entry(int.Parse(id, CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>
/// Directories a file job may act in. System directories are out with everything below and above them; shared top
/// directories are out themselves, their subdirectories are not; the worker's own state and nested roots are out too.
/// </summary>
/// <param name="onlyReads">Nothing is changed below the roots: only what is no real file is refused.</param>
public sealed class SafeRoot(string stateDirectory, IReadOnlyList<string> fence, IReadOnlyList<string> homes, bool onlyReads = false)
{
    private const string AdminDatabase = "admin.db";

    private static readonly string[] System = ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr"];
    private static readonly string[] Virtual = ["/dev", "/proc", "/sys"];
    private static readonly string[] Shared = ["/home", "/opt", "/root", "/srv", "/tmp", "/var", "/var/lib"];

    /// <summary>Everything wrong with a set of roots; empty when they may be used.</summary>
    public IReadOnlyList<string> Problems(IReadOnlyList<string> roots)
    {
        var problems = roots.Select(Problem).OfType<string>().ToList();
        problems.AddRange(roots.GroupBy(root => root).Where(group => group.Count() > 1).Select(group => $"{group.Key} is named twice"));
        foreach (var outer in roots)
        {
            problems.AddRange(roots.Where(inner => inner != outer && IsWithin(inner, outer)).Select(inner => $"{inner} lies inside {outer}; name only one of them"));
        }

        return problems;
    }

    /// <summary>What is wrong with one root, or null.</summary>
    public string? Problem(string root)
    {
        if (!Path.IsPathFullyQualified(root) || root != Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)))
        {
            return $"{root} must be an absolute path without '.', '..' or a slash at the end";
        }

        if ((onlyReads ? ProblemOfReading(root) : ProblemOfChanging(root)) is { } problem)
        {
            return problem;
        }

        if (fence.Count > 0 && !fence.Any(allowed => IsWithin(root, allowed)))
        {
            return $"{root} lies outside the directories this worker may touch ({string.Join(", ", fence)})";
        }

        if (!Directory.Exists(root))
        {
            return $"{root} does not exist on this worker";
        }

        return LinkOnTheWay(root) is { } link ? $"{root} is not allowed: {link} is a symbolic link" : null;
    }

    /// <summary>True when a path is a directory or lies below it.</summary>
    public static bool IsWithin(string path, string directory) =>
        path.Equals(directory, StringComparison.Ordinal) || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>An admin keeps its data in this directory.</summary>
    public static bool IsOfAnAdmin(string directory) => File.Exists(Path.Combine(directory, AdminDatabase));

    /// <summary>Home directories of this machine's people and services.</summary>
    public static IReadOnlyList<string> Homes()
    {
        var accounts = File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 5).Select(fields => fields[5]) : [];
        var below = Directory.Exists("/home") ? Directory.EnumerateDirectories("/home") : [];
        return [.. accounts.Concat(below).Append(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)).Where(home => home.Length > 1).Select(Path.TrimEndingDirectorySeparator).Distinct()];
    }

    private string? ProblemOfChanging(string root)
    {
        if (root.Split('/', StringSplitOptions.RemoveEmptyEntries).Length < 2)
        {
            return $"{root} is too close to the top; use a directory at least two levels deep";
        }

        if (System.FirstOrDefault(guarded => IsWithin(root, guarded) || IsWithin(guarded, root)) is { } system)
        {
            return $"{root} is not allowed: {system} belongs to the system";
        }

        if (Shared.Concat(homes).FirstOrDefault(guarded => IsWithin(guarded, root)) is { } shared)
        {
            return $"{root} is not allowed: it is or holds {shared}; use a directory below it";
        }

        if (IsWithin(root, stateDirectory) || IsWithin(stateDirectory, root))
        {
            return $"{root} is not allowed: the worker keeps its own state in {stateDirectory}";
        }

        if (Above(root).FirstOrDefault(IsOfAnAdmin) is { } admin)
        {
            return $"{root} is not allowed: an admin keeps its data in {admin}";
        }

        return null;
    }

    private static string? ProblemOfReading(string root) =>
        root == "/" ? "/ is too much; name directories below it"
        : Virtual.FirstOrDefault(guarded => IsWithin(root, guarded)) is { } system ? $"{root} is not allowed: {system} holds no files of a disk"
        : null;

    private static string? LinkOnTheWay(string path) => Above(path).FirstOrDefault(part => new FileInfo(part).LinkTarget is not null);

    private static IEnumerable<string> Above(string path)
    {
        for (var part = path; part is { Length: > 1 }; part = Path.GetDirectoryName(part))
        {
            yield return part;
        }
    }
}

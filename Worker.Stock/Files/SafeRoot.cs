namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>
/// Directories a file job may act in. System directories are out with everything below and above them; shared top
/// directories are out themselves, their subdirectories are not; the worker's own state and nested roots are out too.
/// </summary>
public sealed class SafeRoot(string stateDirectory, IReadOnlyList<string> fence, string homeDirectory)
{
    private static readonly string[] System = ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr"];
    private static readonly string[] Shared = ["/home", "/opt", "/root", "/srv", "/tmp", "/var", "/var/lib"];

    /// <summary>Everything wrong with a set of roots; empty when they may be used.</summary>
    public IReadOnlyList<string> Problems(IReadOnlyList<string> roots)
    {
        var problems = roots.Select(Problem).OfType<string>().ToList();
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

        if (root.Split('/', StringSplitOptions.RemoveEmptyEntries).Length < 2)
        {
            return $"{root} is too close to the top; use a directory at least two levels deep";
        }

        if (System.FirstOrDefault(guarded => IsWithin(root, guarded) || IsWithin(guarded, root)) is { } system)
        {
            return $"{root} is not allowed: {system} belongs to the system";
        }

        if (Shared.Append(homeDirectory).FirstOrDefault(guarded => guarded.Length > 1 && IsWithin(guarded, root)) is { } shared)
        {
            return $"{root} is not allowed: it is or holds {shared}; use a directory below it";
        }

        if (IsWithin(root, stateDirectory) || IsWithin(stateDirectory, root))
        {
            return $"{root} is not allowed: the worker keeps its own state in {stateDirectory}";
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

    /// <summary>The first component of a path that is a symbolic link, or null.</summary>
    public static string? LinkOnTheWay(string path)
    {
        for (var part = path; part is { Length: > 1 }; part = Path.GetDirectoryName(part))
        {
            if (new FileInfo(part).LinkTarget is not null)
            {
                return part;
            }
        }

        return null;
    }
}

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// What can be said of a directory from its text alone, for Unix and Windows workers alike. The worker repeats all of it on the real file system.
/// </summary>
internal static class RootPaths
{
    /// <summary>Nothing at, above or inside these is a place for automatic changes.</summary>
    private static readonly ImmutableArray<string> SystemTrees =
        ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr"];

    /// <summary>These hold other people's trees: a directory inside is fine, they themselves are not.</summary>
    private static readonly ImmutableArray<string> Shelves = ["/home", "/opt", "/root", "/srv", "/tmp", "/var", "/var/lib"];

    private static readonly ImmutableArray<string> WindowsTrees = ["windows", "program files", "program files (x86)", "programdata"];

    public static string? AbsolutePath(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            return "holds a character no path may have";
        return path.StartsWith('/') || IsWindows(path) ? null : "is not an absolute path";
    }

    public static string? SafeRoot(string path)
    {
        if (AbsolutePath(path) is { } fault)
            return fault;
        var windows = IsWindows(path);
        var segments = Segments(path);
        if (segments.Any(segment => segment is "." or "..") || path.Contains("//", StringComparison.Ordinal))
            return "is not normalised: write it without . and .. and doubled slashes";
        if (windows)
            return WindowsRoot(segments);
        var whole = "/" + string.Join('/', segments);
        foreach (var tree in SystemTrees)
        {
            if (Holds(tree, whole) || Holds(whole, tree))
                return $"is at, above or inside {tree}, which belongs to the system";
        }
        foreach (var shelf in Shelves)
        {
            if (Holds(whole, shelf))
                return $"is at or above {shelf}: name a directory of its own inside";
        }
        if (segments.Length < 2)
            return "is too close to the root: at least two levels";
        return segments is ["home", _] ? "is a home directory: name a directory inside" : null;
    }

    /// <summary>Whether the inner path is the outer one or lies below it, both as text.</summary>
    public static bool Nested(string outer, string inner) =>
        IsWindows(outer) == IsWindows(inner) && Holds(Normal(outer), Normal(inner));

    private static string? WindowsRoot(string[] segments)
    {
        if (segments.Length < 3)
            return "is too close to the drive: at least two levels";
        if (WindowsTrees.Contains(segments[1].ToLowerInvariant()))
            return "belongs to the system";
        return segments.Length == 3 && segments[1].Equals("users", StringComparison.OrdinalIgnoreCase)
            ? "is a home directory: name a directory inside"
            : null;
    }

    private static bool Holds(string outer, string inner) =>
        outer == inner || inner.StartsWith(outer.EndsWith('/') ? outer : outer + "/", StringComparison.Ordinal);

    private static string Normal(string path) => IsWindows(path)
        ? string.Join('/', Segments(path)).ToUpperInvariant()
        : "/" + string.Join('/', Segments(path));

    private static string[] Segments(string path) =>
        path.Split(IsWindows(path) ? ['/', '\\'] : ['/'], StringSplitOptions.RemoveEmptyEntries);

    private static bool IsWindows(string path) =>
        path.Length >= 3 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/';
}

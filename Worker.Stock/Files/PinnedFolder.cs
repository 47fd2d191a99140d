using Microsoft.Win32.SafeHandles;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>
/// A directory held open. It was reached without following a link, and whoever swaps a component of its path afterwards
/// does not change where <see cref="At"/> points.
/// </summary>
internal sealed class PinnedFolder : IDisposable
{
    private readonly SafeFileHandle _handle;

    private PinnedFolder(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
    }

    /// <summary>The path it was opened by, for people.</summary>
    public string Path { get; }

    private string Prefix => $"/proc/self/fd/{_handle.DangerousGetHandle()}/";

    /// <summary>Null when it does not exist and is not to be made.</summary>
    /// <exception cref="IOException">A component is a symbolic link or cannot be entered.</exception>
    public static PinnedFolder? Open(string path, bool create = false) => Posix.OpenFolder(path, create) is { } handle ? new PinnedFolder(path, handle) : null;

    /// <summary>The directory of a file below a root; null when it has gone.</summary>
    /// <exception cref="IOException">The path leads out of the root, or over a symbolic link, or cannot be entered.</exception>
    public static PinnedFolder? OpenParent(string root, string relativePath)
    {
        var path = System.IO.Path.Combine(root, relativePath);
        return System.IO.Path.GetFullPath(path) == path && path != root && SafeRoot.IsWithin(path, root)
            ? Open(System.IO.Path.GetDirectoryName(path)!)
            : throw new IOException($"{relativePath} is not a path below {root}");
    }

    /// <summary>The path of an entry that only leads through this very directory.</summary>
    public string At(string name) => Prefix + name;

    public FileFact? Look(FileFact file) => Posix.Look(At(file.Name), file.RelativePath);

    /// <summary>The opened file must be the one that was looked at: nobody swapped it for another, or for a link. Null when somebody did.</summary>
    public SafeFileHandle? OpenSame(FileFact fact)
    {
        var handle = Posix.OpenRead(At(fact.Name));
        if (Posix.Look(handle, fact.RelativePath).IsSame(fact))
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>A text about entries as people know them.</summary>
    public string Readable(string text) => text.Replace(Prefix, Path + "/", StringComparison.Ordinal);

    public void Sync() => Posix.Sync(_handle);

    public void Dispose() => _handle.Dispose();
}

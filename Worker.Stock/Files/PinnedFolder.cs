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

    /// <summary>The path of an entry that only leads through this very directory.</summary>
    public string At(string name) => Prefix + name;

    public FileFact? Look(FileFact file) => Posix.Look(At(file.Name), file.RelativePath);

    /// <summary>A text about entries as people know them.</summary>
    public string Readable(string text) => text.Replace(Prefix, Path + "/", StringComparison.Ordinal);

    public void Sync() => Posix.Sync(_handle);

    public void Dispose() => _handle.Dispose();
}

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>What is known of a regular file without opening it.</summary>
/// <param name="RelativePath">Below the root, with slashes.</param>
/// <param name="ModifiedNanos">Unix nanoseconds.</param>
public sealed record FileFact(string RelativePath, long Size, long ModifiedNanos, long ChangedNanos, ulong Device, ulong Inode, uint Links, uint Mode, uint User, uint Group)
{
    /// <summary>The first directory below the root; empty for files of the root itself.</summary>
    public string Segment => RelativePath.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? RelativePath[..slash] : "";

    public string Name => Path.GetFileName(RelativePath);

    public string Folder => Path.GetDirectoryName(RelativePath) ?? "";
}

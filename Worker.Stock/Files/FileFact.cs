namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>What is known of a regular file without opening it.</summary>
/// <param name="RelativePath">Below the root, with slashes.</param>
/// <param name="ModifiedNanos">Unix nanoseconds.</param>
public sealed record FileFact(string RelativePath, long Size, long ModifiedNanos, long ChangedNanos, ulong Device, ulong Inode, uint Links, uint Mode, uint User, uint Group)
{
    public string Segment => SegmentOf(RelativePath);

    public DateTimeOffset Modified => Instant(ModifiedNanos);

    public DateTimeOffset Changed => Instant(ChangedNanos);

    public bool IsRegular => (Mode & Posix.TypeMask) == Posix.Regular;

    public string Name => Path.GetFileName(RelativePath);

    public string Folder => Path.GetDirectoryName(RelativePath) ?? "";

    /// <summary>The same file, and nobody wrote to it in between.</summary>
    public bool IsSame(FileFact other) => Inode == other.Inode && Device == other.Device && Size == other.Size && ModifiedNanos == other.ModifiedNanos;

    /// <summary>The first directory below the root; empty for files of the root itself.</summary>
    public static string SegmentOf(string relativePath) => relativePath.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? relativePath[..slash] : "";

    private static DateTimeOffset Instant(long nanos) => DateTimeOffset.UnixEpoch.AddTicks(nanos / 100);
}

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Backups;

/// <summary>A copy of the store as one commit left it.</summary>
/// <param name="Id">Its moment in UTC, which is the name of its folder: <c>20260301-120000-123</c>.</param>
/// <param name="Drill">The last drill; null = nobody has tried yet whether it would restore.</param>
public sealed record Backup(string Id, DateTimeOffset At, long Bytes, Drill? Drill);

/// <summary>What a copy of a backup showed when it was opened the way a start of the admin opens its store.</summary>
/// <param name="Problem">Why it would not restore; empty: it would.</param>
public sealed record Drill(DateTimeOffset At, TimeSpan Took, string Problem, StoreContents Contents)
{
    public bool Restores => Problem.Length == 0;
}

/// <summary>How much a store holds.</summary>
public sealed record StoreContents(int JobTypes, long OpenJobs, long EndedJobs, long ConfigVersions)
{
    public static readonly StoreContents None = new(0, 0, 0, 0);

    /// <summary>Secrets of configs in force that do not open with the keys of this admin; they would have to be set again.</summary>
    public int LostSecrets { get; init; }
}

public enum BackupStep
{
    Copying = 1,
    Drilling = 2,
}

/// <summary>What is being done just now.</summary>
/// <param name="Id">The backup that is drilled; empty: a new one is made.</param>
/// <param name="Done">0 to 1; 0 where nobody knows.</param>
public sealed record BackupWork(BackupStep Step, string Id, DateTimeOffset Since, double Done);

/// <summary>All backups, as they lie on disk.</summary>
/// <param name="Folder">Empty: this admin keeps nothing on disk.</param>
/// <param name="Kept">So many of the newest are kept when another is made.</param>
public sealed record BackupShelf(string Folder, int Kept, ImmutableArray<Backup> NewestFirst, BackupWork? Work = null);

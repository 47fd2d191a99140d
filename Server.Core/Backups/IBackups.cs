using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Backups;

/// <summary>Copies of the store, made, tried and deleted beside the engine by those who may control the admin. One thing at a time; what was begun goes on when nobody waits for it.</summary>
public interface IBackups
{
    Feed<BackupShelf> Shelf { get; }

    /// <summary>Looks at the disk again: people put backups there and take them away.</summary>
    BackupShelf Look();

    /// <summary>Copies the store while it is written to, and deletes what is older than the newest that are kept.</summary>
    Task<Reply<Backup>> MakeAsync(Actor by, CancellationToken cancellationToken);

    /// <summary>Opens a copy of it the way a start would. A backup that would not restore is an answer, not a refusal.</summary>
    Task<Reply<Backup>> DrillAsync(Actor by, string id, CancellationToken cancellationToken);

    Task<Reply<Backup>> DeleteAsync(Actor by, string id, CancellationToken cancellationToken);

    /// <summary>The path of the file: everything the admin knows, so not for those who only look.</summary>
    Reply<string> FileOf(Actor by, string id);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Backups;

/// <summary>Where backups lie, and how many.</summary>
/// <param name="Folder">Null: nothing is kept on disk.</param>
/// <param name="Kept">1 to 1000.</param>
public sealed record BackupOptions(string? Folder, int Kept);

/// <summary>
/// A folder of folders: each holds a copy of the store, and beside it what its last drill showed. A copy gets its name when it is
/// whole, so that one that was cut short is never listed. Work runs on the pool, never on the engine's thread.
/// </summary>
public sealed class BackupFolder : IBackups, IAsyncDisposable
{
    private const string File = "admin.db";
    private const string DrillFile = "drill.json";
    private const string Stamp = "yyyyMMdd-HHmmss-fff";

    private readonly BackupOptions _options;
    private readonly IAdminStore _store;
    private readonly IAdmin _admin;
    private readonly TimeProvider _time;
    private readonly ISecretBox? _secrets;
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
    private int _busy;

    public BackupFolder(BackupOptions options, IAdminStore store, IAdmin admin, TimeProvider time, ISecretBox? secrets = null)
    {
        (_options, _store, _admin, _time, _secrets) = (options, store, admin, time, secrets);
        Shelf = new Feed<BackupShelf>(new BackupShelf(options.Folder ?? "", options.Kept, []));
        if (options.Folder is not null)
        {
            Sweep(Making);
            Sweep(Drilling);
            Look();
        }
    }

    public Feed<BackupShelf> Shelf { get; }

    private string Making => Path.Combine(_options.Folder!, ".making");

    private string Drilling => Path.Combine(_options.Folder!, ".drilling");

    public BackupShelf Look()
    {
        if (_options.Folder is { } folder)
        {
            ImmutableArray<Backup> found = Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Select(Read).OfType<Backup>().OrderByDescending(backup => backup.Id, StringComparer.Ordinal)] : [];
            Shelf.Change(shelf => shelf.NewestFirst.SequenceEqual(found) ? shelf : shelf with { NewestFirst = found });
        }

        return Shelf.Current.Value;
    }

    public Reply<string> FileOf(Actor by, string id) => Refuse(by) is { } denied ? denied
        : Find(id) is { } backup ? Path.Combine(PathOf(backup), File)
        : Unknown(id);

    public Task<Reply<Backup>> MakeAsync(Actor by, CancellationToken cancellationToken) => Refuse(by) is { } denied
        ? Task.FromResult<Reply<Backup>>(denied)
        : BeginAsync(new BackupWork(BackupStep.Copying, "", _time.GetUtcNow(), 0), () => Make(by), cancellationToken);

    public Task<Reply<Backup>> DrillAsync(Actor by, string id, CancellationToken cancellationToken) => Refuse(by) is { } denied ? Task.FromResult<Reply<Backup>>(denied)
        : Find(id) is { } backup ? BeginAsync(new BackupWork(BackupStep.Drilling, backup.Id, _time.GetUtcNow(), 0), () => Try(by, backup), cancellationToken)
        : Task.FromResult<Reply<Backup>>(Unknown(id));

    public async Task<Reply<Backup>> DeleteAsync(Actor by, string id, CancellationToken cancellationToken)
    {
        if (Refuse(by) is { } denied)
        {
            return denied;
        }

        if (Find(id) is not { } backup)
        {
            return Unknown(id);
        }

        if (Shelf.Current.Value.Work?.Id == backup.Id)
        {
            return new Refusal(RefusalCode.WrongState, "it is being drilled; delete it afterwards");
        }

        try
        {
            Directory.Delete(PathOf(backup), recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Refusal(RefusalCode.Unavailable, $"it cannot be deleted: {exception.Message}");
        }

        Look();
        await _admin.SendAsync(new NoteBackup(by, $"backup {backup.Id} deleted"), cancellationToken);
        return backup;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(_work);
        _stopping.Dispose();
    }

    private static Refusal? Refuse(Actor by) => by.Refuse(Permission.SystemControl);

    private static Refusal Unknown(string id) => new(RefusalCode.NotFound, $"there is no backup {id}");

    private async Task<Reply<Backup>> BeginAsync(BackupWork work, Func<(Reply<Backup> Reply, NoteBackup Note)> run, CancellationToken cancellationToken)
    {
        if (_options.Folder is null)
        {
            return new Refusal(RefusalCode.WrongState, "this admin keeps nothing on disk, so there is nothing to back up");
        }

        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            return new Refusal(RefusalCode.WrongState, "another backup or drill is under way; try again when it is done");
        }

        Shelf.Change(shelf => shelf with { Work = work });
        var done = Task.Run(() => RunAsync(run), CancellationToken.None);
        _work = done;
        return await done.WaitAsync(cancellationToken);
    }

    private async Task<Reply<Backup>> RunAsync(Func<(Reply<Backup> Reply, NoteBackup Note)> run)
    {
        try
        {
            var (reply, note) = run();
            await _admin.SendAsync(note, _stopping.Token);
            return reply;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return new Refusal(RefusalCode.Unavailable, "the admin is stopping");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StoreRefusedException or StoreUnavailableException)
        {
            // Expected of disks; the store itself goes on.
            return new Refusal(RefusalCode.Unavailable, exception.Message);
        }
        finally
        {
            Sweep(Making);
            Sweep(Drilling);
            Look();
            Shelf.Change(shelf => shelf with { Work = null });
            Volatile.Write(ref _busy, 0);
        }
    }

    private (Reply<Backup>, NoteBackup) Make(Actor by)
    {
        StoreFile.MakeFolder(_options.Folder!);
        StoreFile.MakeFolder(Making);
        _store.CopyTo(Path.Combine(Making, File), Copied, _stopping.Token);
        var at = _time.GetUtcNow();
        while (Directory.Exists(PathOf(at)))
        {
            at += TimeSpan.FromMilliseconds(1);
        }

        Directory.Move(Making, PathOf(at));
        var all = Look().NewestFirst;
        var made = all.First(backup => backup.Id == IdOf(at));
        var old = all.Where(backup => backup != made).Skip(_options.Kept - 1).ToList();
        old.ForEach(backup => Directory.Delete(PathOf(backup), recursive: true));
        return (made, new NoteBackup(by, $"backup {made.Id} made{(old.Count > 0 ? $"; deleted, older than the newest {_options.Kept}: {string.Join(", ", old.Select(backup => backup.Id))}" : "")}"));
    }

    private (Reply<Backup>, NoteBackup) Try(Actor by, Backup backup)
    {
        StoreFile.MakeFolder(Drilling);
        var begun = _time.GetTimestamp();
        var (problem, contents) = StoreDrill.Run(Path.Combine(PathOf(backup), File), Path.Combine(Drilling, File), _secrets, _stopping.Token);
        var drill = new Drill(_time.GetUtcNow(), _time.GetElapsedTime(begun), problem, contents);
        System.IO.File.WriteAllText(Path.Combine(PathOf(backup), DrillFile), JsonSerializer.Serialize(drill));
        return (backup with { Drill = drill }, new NoteBackup(by, $"backup {backup.Id} {(drill.Restores ? "would restore" : $"would not restore: {problem}")}", !drill.Restores));
    }

    private void Copied(double share) => Shelf.Change(shelf => shelf with { Work = shelf.Work! with { Done = share } });

    /// <summary>Names come from callers: only what was found on disk is opened.</summary>
    private Backup? Find(string id) => Look().NewestFirst.FirstOrDefault(backup => backup.Id == id);

    private static Backup? Read(string folder)
    {
        var (id, file) = (Path.GetFileName(folder), new FileInfo(Path.Combine(folder, File)));
        return file.Exists && DateTimeOffset.TryParseExact(id, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? new Backup(id, at, file.Length, ReadDrill(folder)) : null;
    }

    private static Drill? ReadDrill(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<Drill>(System.IO.File.ReadAllText(Path.Combine(folder, DrillFile)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // Not tried, or nobody knows any more how it went: the same to whoever reads the list.
            return null;
        }
    }

    private static string IdOf(DateTimeOffset at) => at.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture);

    private string PathOf(DateTimeOffset at) => Path.Combine(_options.Folder!, IdOf(at));

    private string PathOf(Backup backup) => Path.Combine(_options.Folder!, backup.Id);

    /// <summary>What an end in the middle left behind; the next try makes it anew.</summary>
    private static void Sweep(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays where nobody lists it; whoever needs the place next is told why that does not work.
        }
    }
}

using BlazorPluginAdmin.Server.Core.Backups;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Copies of the store: made, tried, fetched, deleted.</summary>
public static class BackupsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/backups", (IBackups backups) => WireJson.Json(Shelf(backups.Look())));
        api.MapPost("/backups", async (IBackups backups, Caller caller, CancellationToken cancellationToken) =>
            Replies.From(await backups.MakeAsync(caller.By, cancellationToken), made => WireJson.Json(Backup(made), StatusCodes.Status201Created)));
        api.MapPost("/backups/{backup}/drill", async (IBackups backups, Caller caller, string backup, CancellationToken cancellationToken) =>
            Replies.From(await backups.DrillAsync(caller.By, backup, cancellationToken), tried => WireJson.Json(Backup(tried))));
        api.MapDelete("/backups/{backup}", async (IBackups backups, Caller caller, string backup, CancellationToken cancellationToken) =>
            Replies.From(await backups.DeleteAsync(caller.By, backup, cancellationToken), gone => WireJson.Json(Backup(gone))));
        // The file itself; a download that broke goes on where it stopped.
        api.MapGet("/backups/{backup}/admin.db", (IBackups backups, Caller caller, string backup) =>
            Replies.From(backups.FileOf(caller.By, backup), file => Results.File(file, "application/vnd.sqlite3", $"admin-{backup}.db", enableRangeProcessing: true)));
    }

    private static object Shelf(BackupShelf shelf) => new
    {
        folder = shelf.Folder,
        kept = shelf.Kept,
        work = shelf.Work is { } work ? new { step = ApiObjects.Snake(work.Step.ToString()), backup = WireJson.Some(work.Id), since = work.Since, done = work.Done } : null,
        backups = shelf.NewestFirst.Select(Backup),
    };

    private static object Backup(Backup backup) => new
    {
        id = backup.Id,
        made_at = backup.At,
        bytes = backup.Bytes,
        drill = backup.Drill is { } drill
            ? new
            {
                at = drill.At,
                took_seconds = Math.Round(drill.Took.TotalSeconds, 3),
                restores = drill.Restores,
                problem = WireJson.Some(drill.Problem),
                job_types = drill.Contents.JobTypes,
                open_jobs = drill.Contents.OpenJobs,
                ended_jobs = drill.Contents.EndedJobs,
                config_versions = drill.Contents.ConfigVersions,
                lost_secrets = drill.Contents.LostSecrets,
            }
            : null,
    };
}

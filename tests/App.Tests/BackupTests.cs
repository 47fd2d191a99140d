using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.App.Hosting;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>An admin with its data on disk, which keeps two backups.</summary>
public sealed class KeepingAdmin : RunningAdmin
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("backups-").FullName;

    protected override AppOptions Options => new() { Port = 0, GrpcPort = 0, DataDir = Path.Combine(Folder, "data"), KeepBackups = 2 };
}

/// <summary>What is backed up can be had back.</summary>
public sealed class BackupTests(KeepingAdmin admin) : IClassFixture<KeepingAdmin>
{
    private const string Backups = "/api/plugin/backups";

    [Fact]
    public async Task Backup_IsMade_Tried_Fetched_Restored_AndDeleted()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-backup");
        await worker.HelloAsync("kept");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("kept"), "the type is known");
        var submitted = await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"kept","summary":"Outlives its admin","labels":{"require.gpu":"yes"}}}""", 202);
        var job = submitted.GetProperty("operation_id").GetString()!;

        var first = IdOf(await admin.PostAsync(Backups, "", 201));
        Assert.Equal(JsonValueKind.Null, ValueOf(await OneAsync(first), "drill"));
        var tried = await admin.PostAsync($"{Backups}/{first}/drill");
        Assert.True(tried.GetProperty("drill").GetProperty("restores").GetBoolean());
        Assert.Equal((1, 1), (tried.GetProperty("drill").GetProperty("job_types").GetInt32(), tried.GetProperty("drill").GetProperty("open_jobs").GetInt32()));
        Assert.Equal(tried.GetRawText(), (await OneAsync(first)).GetRawText());

        using var download = await admin.Http.GetAsync(new Uri($"{Backups}/{first}/admin.db", UriKind.Relative));
        Assert.Equal($"admin-{first}.db", download.Content.Headers.ContentDisposition!.FileName);
        var file = await download.Content.ReadAsByteArrayAsync();
        Assert.StartsWith("SQLite format 3", Encoding.ASCII.GetString(file, 0, 16), StringComparison.Ordinal);
        var fresh = Directory.CreateDirectory(Path.Combine(admin.Folder, "fresh")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(fresh, "admin.db"), file);
        await using (var restored = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, DataDir = fresh }))
        {
            Assert.Contains("Outlives its admin", await admin.Http.GetStringAsync(new Uri($"{restored.HttpAddress}/api/plugin/jobs/{job}")), StringComparison.Ordinal);
        }

        // The newest two stay; a name that is none of them reaches no file.
        var second = IdOf(await admin.PostAsync(Backups, "", 201));
        var third = IdOf(await admin.PostAsync(Backups, "", 201));
        Assert.Equal([third, second], (await admin.GetAsync(Backups)).GetProperty("backups").EnumerateArray().Select(IdOf));
        await admin.GetAsync($"{Backups}/{first}/admin.db", 404);
        await admin.GetAsync($"{Backups}/..%2F..%2Fdata/admin.db", 404);
        await admin.PostAsync($"{Backups}/nonsense/drill", "", 404);

        // One that was damaged where it lies is found out, and the list goes on saying so.
        await File.WriteAllTextAsync(Path.Combine(admin.Folder, "data", "backups", second, "admin.db"), new string('x', 4096));
        var damaged = (await admin.PostAsync($"{Backups}/{second}/drill")).GetProperty("drill");
        Assert.False(damaged.GetProperty("restores").GetBoolean());
        Assert.Equal("it is not an SQLite database", damaged.GetProperty("problem").GetString());

        using var deleted = await admin.Http.DeleteAsync(new Uri($"{Backups}/{second}", UriKind.Relative));
        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Equal([third], (await admin.GetAsync(Backups)).GetProperty("backups").EnumerateArray().Select(IdOf));
        Assert.Equal([third], Directory.GetFileSystemEntries(Path.Combine(admin.Folder, "data", "backups")).Select(Path.GetFileName));
        foreach (var note in (string[])[$"backup {third} made; deleted, older than the newest 2: {first}", $"backup {second} would not restore: it is not an SQLite database", $"backup {second} deleted"])
        {
            await admin.UntilAsync(state => state.Activities.Any(activity => activity is { Stage: "backup", Actor: "admin" } && activity.Message == note), note);
        }
    }

    private async Task<JsonElement> OneAsync(string id) => (await admin.GetAsync(Backups)).GetProperty("backups").EnumerateArray().Single(backup => IdOf(backup) == id);

    private static string IdOf(JsonElement backup) => backup.GetProperty("id").GetString()!;

    private static JsonValueKind ValueOf(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.ValueKind : JsonValueKind.Null;
}

public sealed class NothingKeptTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    [Fact]
    public async Task Backup_OfAnAdminThatKeepsNothing_IsRefused()
    {
        var refused = await admin.PostAsync("/api/plugin/backups", "", 409);
        Assert.Contains("keeps nothing on disk", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty((await admin.GetAsync("/api/plugin/backups")).GetProperty("backups").EnumerateArray());
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.SeaweedFS.Import;

namespace BlazorPluginAdmin.App.Tests.Import;

/// <summary>The captured data directory of a real admin, taken over by the command as an operator runs it.</summary>
public sealed class WeedImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("import-").FullName;

    public WeedImportTests() => Copy(RecordedStream.Fixture("weed-admin"), Source);

    private string Source => Path.Combine(_folder, "weed");

    private string Target => Path.Combine(_folder, "data");

    private string Plugin => Path.Combine(Source, "plugin");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Import_OfACapturedDirectory_TakesAllOfIt_AndChangesNothingThere()
    {
        var before = Snapshot(Source);
        var (code, output, _) = await RunAsync();
        Assert.Equal(0, code);
        Assert.Equal(["7 0 0", "7 0 0", "8 0 0", "8 0 0", "197 0 0", "5 0 0"], Counts(output));
        Assert.Contains("\nvacuum: descriptors 1, configs 1, jobs 7, runs 7, activities ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Warnings", output, StringComparison.Ordinal);
        Assert.Contains("./run.sh --seaweedfs-master", output, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(Source));
    }

    [Fact]
    public async Task Import_Repeated_ChangesNothing_AndSaysSo()
    {
        await RunAsync();
        var (code, output, _) = await RunAsync();
        Assert.Equal(0, code);
        Assert.Equal(["0 7 0", "0 7 0", "0 8 0", "0 8 0", "0 197 0", "0 5 0"], Counts(output));
        Assert.Contains("Nothing new", output, StringComparison.Ordinal);
        Assert.Equal(output, (await RunAsync("--replace")).Output);
        await using var admin = await StartedAsync();
        Assert.Equal(197, (await admin.GetAsync("activities?limit=5000")).GetArrayLength());
    }

    [Fact]
    public async Task PluginFolderItself_IsTakenToo() => Assert.Equal(["7 0 0", "7 0 0", "8 0 0", "8 0 0", "197 0 0", "5 0 0"], Counts((await FromAsync(Plugin)).Output));

    [Fact]
    public async Task DryRun_ListsEverything_AndWritesNothing()
    {
        var (code, output, _) = await RunAsync("--dry-run");
        Assert.Equal(0, code);
        Assert.Equal(["7 0 0", "7 0 0", "8 0 0", "8 0 0", "197 0 0", "5 0 0"], Counts(output));
        Assert.Contains("  jobs: vacuum-scheduled-1795325130211017841-0, Succeeded\n", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
        await RunAsync();
        await File.WriteAllTextAsync(Path.Combine(Plugin, "job_types/vacuum/runs.json"), "{}");
        var before = await File.ReadAllBytesAsync(Path.Combine(Target, "admin.db"));
        await RunAsync("--dry-run", "--replace");
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(Target, "admin.db")));
    }

    [Fact]
    public async Task ConfigThatIsHere_IsSkipped_UnlessReplaced_ThenANewVersion()
    {
        await RunAsync();
        await using (var admin = await StartedAsync())
        {
            await admin.PutAsync("job-types/vacuum/config", """{"admin_runtime":{"enabled":false},"admin_config_values":{"collection_filter":{"string_value":"mine"}}}""");
        }

        Assert.Contains("job_types/vacuum/config: version 2 is here, saved by", (await RunAsync()).Output, StringComparison.Ordinal);
        await using (var admin = await StartedAsync())
        {
            Assert.False((await admin.GetAsync("job-types/vacuum/config")).GetProperty("admin_runtime").GetProperty("enabled").GetBoolean());
        }

        Assert.Contains("  configs: vacuum, version 3, saved by plugin", (await RunAsync("--replace", "--dry-run")).Output, StringComparison.Ordinal);
        Assert.Equal("1 6 0", Counts((await RunAsync("--replace")).Output)[1]);
        await using (var admin = await StartedAsync())
        {
            Same(Captured("vacuum-config"), await admin.GetAsync("job-types/vacuum/config"));
        }
    }

    [Fact]
    public async Task Routes_AfterTheImport_AnswerAsTheOtherAdminDid()
    {
        await RunAsync();
        await using var admin = await StartedAsync();
        foreach (var type in RecordedStream.Descriptors.Keys)
        {
            Same(Captured($"{type}-descriptor"), await admin.GetAsync($"job-types/{type}/descriptor"));
            Same(Captured($"{type}-config"), await admin.GetAsync($"job-types/{type}/config"));
            var runs = Captured($"{type}-runs").AsObject();
            foreach (var list in (string[])["successful_runs", "error_runs"])
            {
                // They say null for none, which no client should have to know.
                Same(runs[list] ?? new JsonArray(), (await admin.GetAsync($"job-types/{type}/runs")).GetProperty(list));
            }
        }

        var jobs = (await admin.GetAsync("jobs")).EnumerateArray().ToDictionary(job => job.GetProperty("job_id").GetString()!);
        Assert.Equal(8, jobs.Count);
        foreach (var theirs in Captured("jobs").AsArray())
        {
            Contains(theirs!, jobs[(string)theirs!["job_id"]!]);
        }

        foreach (var file in Directory.GetFiles(Path.Combine(Plugin, "jobs/job_details")))
        {
            var theirs = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();
            theirs.Remove("updated_at"); // Not kept up to date there; the list has it.
            var detail = await admin.GetAsync($"jobs/{theirs["job_id"]}/detail");
            Contains(theirs, detail.GetProperty("job"));
            Assert.Equal((string)theirs["request_id"]!, detail.GetProperty("run_record").GetProperty("run_id").GetString());
            Assert.NotEqual(0, detail.GetProperty("activities").GetArrayLength());
        }

        var vacuum = (await admin.GetAsync("scheduler-status")).GetProperty("scheduler").GetProperty("job_types").EnumerateArray().Single(type => type.GetProperty("job_type").GetString() == "vacuum");
        Assert.StartsWith("2026-11-22T05:25:46.659300", vacuum.GetProperty("last_detected_at").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdminThatRuns_KeepsItsFolder()
    {
        await using var admin = await StartedAsync();
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync());
        Assert.Contains("in use by another admin", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_AreReadAndLeftToOthers()
    {
        var (command, others, problem) = ImportCommand.Read(["--import-weed", "x", "--port", "1", "--dry-run"]);
        Assert.Equal((new ImportCommand("x", true, false), "--port 1", null), (command, string.Join(' ', others), problem));
        Assert.Equal(new ImportCommand("x", false, true), ImportCommand.Read(["--replace", "--import-weed=x"]).Command);
        Assert.Contains("needs the data directory", ImportCommand.Read(["--import-weed", "--dry-run"]).Problem, StringComparison.Ordinal);
        Assert.Contains("belong to --import-weed", ImportCommand.Read(["--replace"]).Problem, StringComparison.Ordinal);
        Assert.Null(ImportCommand.Read(["--port", "1"]).Problem);
    }

    private static string[] Counts(string output) =>
        [.. output.Split('\n').SkipWhile(line => !line.Contains("here already", StringComparison.Ordinal)).Skip(1).Take(6).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^3..]))];

    private static string Snapshot(string folder) => string.Join('\n', Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static JsonNode Captured(string name) => JsonNode.Parse(File.ReadAllText(RecordedStream.Fixture($"{name}.json")))!;

    private static void Same(JsonNode theirs, JsonElement ours) =>
        Assert.True(JsonNode.DeepEquals(Tidy(theirs), Tidy(JsonNode.Parse(ours.GetRawText())!)), $"theirs {theirs.ToJsonString()}\nours {ours.GetRawText()}");

    /// <summary>All they say, we say; we may say more.</summary>
    private static void Contains(JsonNode theirs, JsonElement ours)
    {
        foreach (var (name, value) in theirs.AsObject())
        {
            Assert.True(ours.TryGetProperty(name, out var mine), $"{name} is missing in {ours.GetRawText()}");
            Same(value!, mine);
        }
    }

    /// <summary>Our clock counts in tenths of a microsecond, theirs in nanoseconds; both are cut to microseconds.</summary>
    private static JsonNode Tidy(JsonNode node) =>
        JsonNode.Parse(System.Text.RegularExpressions.Regex.Replace(node.ToJsonString(), @"(\d\d:\d\d:\d\d\.\d{6})\d*Z""", "$1Z\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)))!;

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] more) => await FromAsync(Source, more);

    private async Task<(int Code, string Output, string Errors)> FromAsync(string source, params string[] more)
    {
        var (command, _, problem) = ImportCommand.Read(["--import-weed", source, .. more]);
        Assert.Null(problem);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await command!.RunAsync(new AppOptions { DataDir = Target }, output, errors, TimeProvider.System);
        return (code, output.ToString(), errors.ToString());
    }

    private Task<ImportedAdmin> StartedAsync() => ImportedAdmin.StartAsync(Target);
}

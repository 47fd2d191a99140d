using System.Globalization;
using System.Text;
using BlazorPluginAdmin.App.SeaweedFS.Import;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Tests.Import;

/// <summary>Folders as they are found: half written, broken, wrong, or made to do harm. What is broken is named, the rest goes on.</summary>
public sealed class HostileFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hostile-").FullName;
    private readonly InMemoryAdminStore _store = new();

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task BrokenPb_WithGoodJson_IsReadFromTheJson()
    {
        foreach (var file in (string[])["descriptor", "config"])
        {
            File.Copy(RecordedStream.Fixture($"weed-admin/plugin/job_types/vacuum/{file}.json"), Path.Combine(Folder("job_types/vacuum"), $"{file}.json"));
        }

        Write("job_types/vacuum/descriptor.pb", "\u0008\u0008\u0008 no protobuf");
        var report = await ImportAsync();
        Assert.Equal((1, 1), (report.Taken(ImportKind.Descriptors), report.Taken(ImportKind.Configs)));
        Assert.Contains(report.Warnings, warning => warning.StartsWith("job_types/vacuum/descriptor.pb: it is broken", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, warning => warning.StartsWith("job_types/vacuum/config.pb: it is missing", StringComparison.Ordinal));
        var config = _store.Load().JobTypes.Single().Config!;
        Assert.Equal(("plugin", 1L), (config.SavedBy, config.Version));
    }

    [Fact]
    public async Task HalfWrittenFile_OfALiveFolder_IsNamed_AndTheRestGoesOn()
    {
        Write("jobs/tracked_jobs.json", """[{"job_id":"a","job_type":"vacuum","state":"job_state_succ""");
        Write("jobs/job_details/a.json", Job("a", "succeeded"));
        Write("jobs/job_details/b.json.tmp", "{");
        Write("activities/activities.json", """[{"job_id":"","job_type":"vacuum","source":"detector","message":"m","occurred_at":"2026-01-01T00:00:00Z"}]""");
        var report = await ImportAsync();
        Assert.StartsWith("jobs/tracked_jobs.json: it is not JSON, or only half of it", Assert.Single(report.Skipped), StringComparison.Ordinal);
        Assert.Equal((1, 1), (report.Taken(ImportKind.Jobs), report.Taken(ImportKind.Activities)));
    }

    [Theory]
    [InlineData("job_state_succeeded", "", JobState.Succeeded, JobReason.None)]
    [InlineData("job_state_failed", "disk", JobState.Failed, JobReason.Error)]
    [InlineData("job_state_canceled", "context canceled", JobState.Canceled, JobReason.None)]
    [InlineData("job_state_canceled", "context Deadline exceeded", JobState.Failed, JobReason.Timeout)]
    [InlineData("job_state_pending", "", JobState.Canceled, JobReason.Superseded)]
    [InlineData("job_state_running", "", JobState.Canceled, JobReason.Superseded)]
    [InlineData("job_state_unspecified", "", JobState.Canceled, JobReason.Superseded)]
    [InlineData("what", "", JobState.Canceled, JobReason.Superseded)]
    public async Task State_BecomesOneOfOurs_ThatHasEnded(string state, string error, JobState expected, JobReason reason)
    {
        Write("jobs/tracked_jobs.json", $$"""[{"job_id":"x-scheduled-1","job_type":"vacuum","state":"{{state}}","error_message":"{{error}}","request_id":"r","worker_id":"w","created_at":"2026-01-01T00:00:00Z"}]""");
        await ImportAsync();
        var record = (await _store.History.JobAsync(new JobId("x-scheduled-1"), CancellationToken.None))!;
        Assert.Equal((expected, reason, JobOrigin.Detection), (record.Job.State, record.Job.Reason, record.Job.Origin));
        Assert.NotEqual(AttemptOutcome.Open, Assert.Single(record.Attempts).Outcome);
        Assert.Empty(_store.Load().OpenJobs);
        var lines = await _store.History.ActivitiesAsync(new ActivityFilter { Job = record.Job.Id }, CancellationToken.None);
        Assert.Equal(reason == JobReason.Superseded ? ["imported while active"] : [], lines.Select(line => line.Message));
    }

    [Fact]
    public async Task EndThatOnlyTheDetailKnows_Counts()
    {
        Write("jobs/tracked_jobs.json", $"[{Job("a", "running")}]");
        Write("jobs/job_details/a.json", """{"job_id":"a","job_type":"vacuum","state":"job_state_succeeded","progress":100,"result_summary":"done","completed_at":"2026-01-01T00:00:09Z","parameters":{"n":{"int64_value":"9007199254740993"}}}""");
        await ImportAsync();
        var record = (await _store.History.JobAsync(new JobId("a"), CancellationToken.None))!;
        Assert.Equal((JobState.Succeeded, "done", 9), (record.Job.State, record.Job.ResultSummary, record.Job.CompletedAt!.Value.Second));
        Assert.Equal(new Server.Core.Forms.ConfigValue.Int64(9007199254740993), record.Payload.Parameters["n"]);
    }

    [Fact]
    public async Task RunWithoutAJob_BecomesOne_AndRunsOfOneJob_ItsAttempts()
    {
        Write("job_types/vacuum/runs.json", """
            {"successful_runs":[{"run_id":"r2","job_id":"a","worker_id":"w2","outcome":"success","message":"ok","duration_ms":500,"completed_at":"2026-01-01T00:00:20Z"}],
             "error_runs":[{"run_id":"r1","job_id":"a","worker_id":"w1","outcome":"error","message":"no","duration_ms":100,"completed_at":"2026-01-01T00:00:10Z"},{"run_id":"","job_id":"b"},{"run_id":"r3","job_id":"../b","completed_at":"2026-01-01T00:00:10Z"}]}
            """);
        var report = await ImportAsync();
        Assert.Equal((1, 2, 2), (report.Taken(ImportKind.Jobs), report.Taken(ImportKind.Runs), report.Skipped.Count));
        var record = (await _store.History.JobAsync(new JobId("a"), CancellationToken.None))!;
        Assert.Equal(
            [(1, "r1", "w1", AttemptOutcome.Failed, 100.0), (2, "r2", "w2", AttemptOutcome.Succeeded, 500.0)],
            record.Attempts.Select(attempt => (attempt.Number, attempt.RequestId.Value, attempt.Worker.Value, attempt.Outcome, (attempt.EndedAt!.Value - attempt.SentAt).TotalMilliseconds)));
        Assert.Equal(JobState.Succeeded, record.Job.State);
    }

    [Fact]
    public async Task NamesThatAreNone_AreRefused_AndPrintedHarmlessly()
    {
        Write("jobs/tracked_jobs.json", $"[{Job("../../etc/passwd", "succeeded")},{Job("a\\u001b[2Jb", "succeeded")},{Job("", "succeeded")},{Job(new string('a', 300), "succeeded")},7,null,[],{{\"job_id\":{{}},\"job_type\":1}},{Job("good", "succeeded")}]");
        Write("jobs/job_details/..%2Fescaped.json", Job("other", "succeeded"));
        Write("job_types/bad \u001b[2J name/runs.json", "{}");
        var report = await ImportAsync();
        Assert.Equal(1, report.Taken(ImportKind.Jobs));
        Assert.Equal(10, report.Skipped.Count);
        var text = report.Write(listed: true);
        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("\\x1b[2J name", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_AreNotFollowed()
    {
        var secret = Path.Combine(_folder, "secret.json");
        await File.WriteAllTextAsync(secret, $"[{Job("a", "succeeded")}]");
        File.CreateSymbolicLink(Path.Combine(Folder("jobs"), "tracked_jobs.json"), secret);
        Directory.CreateSymbolicLink(Path.Combine(Folder("job_types"), "vacuum"), _folder);
        Directory.CreateSymbolicLink(Path.Combine(Folder("."), "activities"), _folder);
        var report = await ImportAsync();
        Assert.Equal(0, Enum.GetValues<ImportKind>().Sum(report.Taken));
        Assert.Contains("jobs/tracked_jobs.json: it is a link, and links are not followed", report.Skipped);
        Assert.Equal(0, report.FilesRead);
    }

    [Fact]
    public async Task HugeDeepAndEmptyFiles_AreReported_NotRead()
    {
        using (var huge = new FileStream(Path.Combine(Folder("activities"), "activities.json"), FileMode.CreateNew))
        {
            huge.SetLength(65L * 1024 * 1024);
        }

        var deep = new StringBuilder().Append('[', 100_000).ToString();
        Write("jobs/tracked_jobs.json", deep);
        Write("job_types/vacuum/descriptor.pb", "");
        Write("job_types/vacuum/descriptor.json", """{"workerDefaultValues":{"a":""" + string.Concat(Enumerable.Repeat("""{"listValue":{"values":[""", 5000)));
        Write("job_types/vacuum/runs.json", "[]");
        var report = await ImportAsync();
        Assert.Equal(0, Enum.GetValues<ImportKind>().Sum(report.Taken));
        Assert.Equal(5, report.Skipped.Count);
    }

    [Fact]
    public async Task ValuesThatAreNone_AreLeftOut_WithAWarning()
    {
        Write("jobs/tracked_jobs.json", """[{"job_id":"a","job_type":"vacuum","state":"job_state_succeeded","parameters":{"x":{"int64_value":"many"}},"labels":{"n":1,"k":"v"},"progress":"x","created_at":7,"attempt":-5}]""");
        var report = await ImportAsync();
        Assert.StartsWith("jobs/tracked_jobs.json, entry 1: its parameters were left out", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal("v", Assert.Single((await _store.History.JobAsync(new JobId("a"), CancellationToken.None))!.Job.Labels).Value);
    }

    [Fact]
    public async Task IntervalOfMoreThanADay_IsAWarning()
    {
        Write("job_types/vacuum/config.json", """{"jobType":"vacuum","adminRuntime":{"enabled":true,"detectionIntervalMinutes":7200}}""");
        Assert.Contains((await ImportAsync()).Warnings, warning => warning.Contains("7200 minutes; older versions counted seconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FolderOfSomethingElse_IsNoSource() => Assert.Null(await new WeedImport(() => _store, TimeProvider.System).RunAsync(_folder, false, false, CancellationToken.None));

    private static string Job(string id, string state) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"job_id\":\"{id}\",\"job_type\":\"vacuum\",\"state\":\"job_state_{state}\",\"created_at\":\"2026-01-01T00:00:00Z\"}}");

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder, "weed", "plugin", name)).FullName;

    private void Write(string name, string text)
    {
        var path = Path.Combine(Folder("."), name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private async Task<ImportReport> ImportAsync() =>
        (await new WeedImport(() => _store, TimeProvider.System).RunAsync(Path.Combine(_folder, "weed"), dryRun: false, replace: false, CancellationToken.None))!;
}

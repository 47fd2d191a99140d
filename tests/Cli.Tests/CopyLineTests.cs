using System.Collections.Immutable;
using System.Diagnostics;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>The lines a job's page offers to copy, as a shell takes them apart and the tool reads them.</summary>
public sealed class CopyLineTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private const string Password = "it's \"quoted\" $HOME";

    private readonly Shell _shell = new("nowhere:1");

    [Fact]
    public async Task CopiedLines_Run_AndYieldTheSameSubmission()
    {
        var first = await RecordAsync((await new Shell(admin.Address).RunAsync(
            "run", "--type", "http", "--param", "url=http://127.0.0.1:9/it's", "--param", "auth=basic", "--param", "user=anna", "--param", $"password={Password}",
            "--params", """{"headers":{"X-Large":"9007199254740993"},"accept_codes":[418],"request_timeout":"1.5s"}""",
            "--priority", "61", "--label", "env=it's $(prod)", "--require", "pool=none", "--summary", "Says \"it's\" `here`", "--detail", "It's $HOME,\nin full", "--timeout", "90s", "--retries", "2", "--detach")).Lines[0]);
        var lines = Lines(first);

        var again = await RecordAsync((await RunAsync(lines[1].Pluginctl, "--detach")).Lines[0]);
        Assert.NotEqual(first.Job.Id, again.Job.Id);
        Assert.Equal(Said(first), Said(again));
        Assert.Contains($"\"{Password.Replace("\"", "\\\"", StringComparison.Ordinal)}\"", Said(again), StringComparison.Ordinal);

        Assert.Contains(first.Job.Id.Value, (await RunAsync(lines[0].Pluginctl)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await new Shell(admin.Address).RunAsync("cancel", first.Job.Id.Value)).Code);
        Assert.Equal(0, (await RunAsync(lines[2].Pluginctl)).Code);
    }

    [Fact]
    public async Task CopiedLine_HasTheKeyOfTheWork_AndItsTimes()
    {
        var first = await RecordAsync((await new Shell(admin.Address).RunAsync(
            "run", "--type", "http", "--param", "url=http://127.0.0.1:9/", "--require", "pool=none", "--dedupe-key", "it's 7", "--retry-backoff", "7s", "--not-before", "1h", "--ttl", "30m", "--deadline", "1d", "--detach")).Lines[0]);
        Assert.Equal("it's 7", first.Job.DedupeKey);
        var refused = await new Shell(admin.Address).RunAsync("run", "--type", "http", "--param", "url=http://127.0.0.1:9/", "--dedupe-key", "it's 7", "--detach");
        Assert.NotEqual(0, refused.Code);
        Assert.Contains(first.Job.Id.Value, refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await new Shell(admin.Address).RunAsync("cancel", first.Job.Id.Value)).Code);

        var again = await RecordAsync((await RunAsync(Lines(first)[1].Pluginctl, "--detach")).Lines[0]);
        Assert.Equal((first.Job.DedupeKey, first.Job.RetryBackoff, first.Job.DueAt), (again.Job.DedupeKey, again.Job.RetryBackoff, again.Job.DueAt));
        Assert.Equal(TimeSpan.FromMinutes(30), again.Job.ExpiresAt - again.Job.DueAt);
        Assert.InRange((again.Job.Deadline - again.Job.CreatedAt)!.Value.TotalHours, 23.9, 24.1);
        Assert.Equal(0, (await new Shell(admin.Address).RunAsync("cancel", again.Job.Id.Value)).Code);
    }

    /// <summary>A member is copied alone: the place in its group is not.</summary>
    [Fact]
    public async Task MemberOfAGroup_IsCopiedAlone()
    {
        var ids = (await new Shell(admin.Address).RunAsync("run", "--parallel", "2", "--label", "test=copy", "--detach", "--", "true")).Lines;
        var group = Assert.Single(ids);
        var member = await RecordAsync((await admin.Admin.History.GroupAsync(group, CancellationToken.None))[1].Id.Value);
        var again = await RecordAsync((await RunAsync(Lines(member)[1].Pluginctl, "--detach")).Lines[0]);
        Assert.Null(again.Job.Group);
        Assert.Equal(["test"], again.Job.Labels.Keys);
    }

    [Fact]
    public async Task LineOfAnEmptyListOfSchedules_MakesOne()
    {
        var answer = await RunAsync(SchedulesPage.CliLine(admin.Address), "--dry-run");
        Assert.Contains("accepted", answer.Output, StringComparison.Ordinal);
    }

    private ImmutableArray<CopyLine> Lines(JobRecord record)
    {
        var form = admin.Admin.Views.Current.Value.JobType(record.Job.JobType)!.Descriptor!.WorkerForm!;
        return CopyLines.Of("http://a/", admin.Address, record.Job, record.Payload, form.Fields.Where(field => field.IsSecret).Select(field => field.Name).ToHashSet(), TimeProvider.System.GetUtcNow());
    }

    private async Task<JobRecord> RecordAsync(string id) => (await admin.Admin.History.JobAsync(new JobId(id.Trim()), CancellationToken.None))!;

    private static string Said(JobRecord record) => string.Join('\n', record.Job.JobType, record.Job.Summary, record.Payload.Detail, record.Job.Priority, record.Job.AttemptTimeout, record.Job.RetryLimit, string.Join(',', record.Job.Labels),
        ConfigValueJson.Write(record.Payload.Parameters));

    /// <summary>A real shell makes words of the line; the tool gets those.</summary>
    private async Task<Answer> RunAsync(string line, params string[] more)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"pluginctl() {{ printf '%s\\0' \"$@\"; }}\n{line}");
        start.Environment["PASSWORD"] = Password;
        using var shell = Process.Start(start)!;
        var words = (await shell.StandardOutput.ReadToEndAsync()).Split('\0')[..^1];
        await shell.WaitForExitAsync();
        var answer = await _shell.RunAsync([.. words, .. more]);
        Assert.True(answer.Code == 0, $"{line}\n{answer.Error}");
        return answer;
    }
}

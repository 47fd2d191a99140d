using System.Text.Json;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Schedules from the command line, on a real worker.</summary>
public sealed class ScheduleTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private readonly Shell _shell = new(admin.Address);

    [Fact]
    public async Task Schedule_IsAddedShownPausedRunAndDeleted()
    {
        var added = await _shell.RunAsync("schedules", "add", "nightly", "--cron", "30 2 * * *", "--zone", "Europe/Berlin", "--overlap", "queue", "--catch-up", "none", "--jitter", "5m", "--ttl", "1h", "--label", "team=a", "--", "sh", "-c", "echo from $JOB_TYPE; exit 4");
        Assert.True(added.Code == 0, added.Error);
        Assert.StartsWith("sch-", added.Output, StringComparison.Ordinal);
        var shown = JsonDocument.Parse((await _shell.RunAsync("schedules", "show", "nightly", "--json")).Output).RootElement;
        var spec = shown.GetProperty("spec");
        Assert.Equal(("SCHEDULE_OVERLAP_QUEUE", "SCHEDULE_CATCH_UP_NONE", "300s", "3600s"), (spec.GetProperty("overlap").GetString(), spec.GetProperty("catch_up").GetString(), spec.GetProperty("jitter").GetString(), spec.GetProperty("queue_ttl").GetString()));

        var run = await _shell.RunAsync("schedules", "run", "nightly", "--wait");
        Assert.Equal((4, "from command\n"), (run.Code, run.Output));
        Assert.Contains("failed", (await _shell.RunAsync("schedules", "show", "nightly")).Output, StringComparison.Ordinal);

        Assert.Equal(65, (await _shell.RunAsync("schedules", "add", "nightly", "ls", "--every", "5m")).Code);
        var replaced = await _shell.RunAsync("schedules", "add", "nightly", "ls", "--every", "5m", "--replace", "--json");
        Assert.Equal("2", JsonDocument.Parse(replaced.Output).RootElement.GetProperty("version").GetString());

        Assert.Contains("paused by", (await _shell.RunAsync("schedules", "pause", "nightly", "--reason", "disks", "--until", "2d")).Output, StringComparison.Ordinal);
        var listed = await _shell.RunAsync("schedules", "list");
        Assert.Contains("nightly  every 5m  command   paused", listed.Output, StringComparison.Ordinal);
        Assert.Contains("idle", (await _shell.RunAsync("schedules", "resume", "nightly")).Output, StringComparison.Ordinal);

        Assert.Contains("nightly", (await _shell.RunAsync("[suggest:23]", "schedules show nightly")).Output, StringComparison.Ordinal);
        Assert.Equal("nightly deleted\n", (await _shell.RunAsync("schedules", "delete", "nightly")).Output);
        Assert.Equal(66, (await _shell.RunAsync("schedules", "show", "nightly")).Code);
    }

    [Fact]
    public async Task Next_ShowsARuleThatIsNotSaved()
    {
        var next = await _shell.RunAsync("schedules", "next", "--cron", "0 0 29 2 *", "--zone", "Asia/Kathmandu", "--count", "2", "--json");
        Assert.Equal(2, next.Lines.Count);
        Assert.All(next.Lines, line => Assert.EndsWith("02-29T00:00:00+05:45", JsonDocument.Parse(line).RootElement.GetProperty("local").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(64, "add", "x", "ls")]
    [InlineData(64, "add", "x", "ls", "--cron", "0 0 * * *", "--every", "5m")]
    [InlineData(64, "add", "x", "ls", "--every", "5m", "--zone", "UTC")]
    [InlineData(64, "add", "x", "ls", "--every", "5m", "--overlap", "never")]
    [InlineData(65, "add", "x", "ls", "--cron", "often")]
    [InlineData(64, "next")]
    [InlineData(66, "pause", "nobody")]
    public async Task WhatIsWrong_IsSaid(int code, params string[] arguments)
    {
        var answer = await _shell.RunAsync(["schedules", .. arguments]);
        Assert.True(answer.Code == code, $"{answer.Code}: {answer.Error}");
    }
}

using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>What happens to jobs, told as it happens.</summary>
public sealed class WatchTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private readonly Shell _shell = new(admin.Address);

    [Fact]
    public async Task Watch_TellsEachStepOfTheJobsItIsAskedFor_AndGoesOnAfterAKnownOne()
    {
        using var interrupts = new Interrupts();
        using var output = new WatchedOutput("JOB_EVENT_KIND_SNAPSHOT");
        var watching = _shell.RunAsync(interrupts, output, "watch", "--json", "--label", "test=watch");
        await output.SeenAsync().InTimeAsync("the first picture");
        Assert.Equal(0, (await _shell.RunAsync("run", "true", "--label", "test=other", "--wait")).Code);
        var id = Id(await _shell.RunAsync("run", "sh -c 'echo out; exit 3'", "--label", "test=watch", "--summary", "watched", "--json"));
        await output.SeenAsync("JOB_STATE_FAILED").InTimeAsync("the end of the job");
        interrupts.Raise();
        var answer = await watching;

        Assert.Equal((ExitCodes.Canceled, ""), (answer.Code, answer.Error));
        var events = answer.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var jobs = events.Where(happened => happened.TryGetProperty("job", out _)).Select(happened => happened.GetProperty("job")).ToList();
        Assert.All(jobs, job => Assert.Equal(id, job.GetProperty("job_id").GetString()));
        Assert.Equal(("JOB_STATE_FAILED", 3), (jobs[^1].GetProperty("state").GetString(), jobs[^1].GetProperty("exit_code").GetInt32()));
        var sequences = events.Select(happened => long.Parse(happened.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(sequences.Order(), sequences);

        // The same again for people, from the place where the first began.
        using var again = new Interrupts();
        using var lines = new WatchedOutput("failed");
        watching = _shell.RunAsync(again, lines, "watch", "--after", sequences[0].ToString(CultureInfo.InvariantCulture), "--label", "test=watch", "--activities");
        await lines.SeenAsync().InTimeAsync("the end of the job, told again");
        again.Raise();
        var told = (await watching).Lines;
        Assert.All(told, line => Assert.Contains($"  {id}  command  ", line, StringComparison.Ordinal));
        Assert.Contains(told, line => line.EndsWith(" assigned (sent) watched", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("sent to stock-1, attempt 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_OfWhatIsWrong_IsRefused()
    {
        Assert.Equal(ExitCodes.Usage, (await _shell.RunAsync("watch", "--state", "sleeping")).Code);
        Assert.Equal(ExitCodes.Usage, (await _shell.RunAsync("watch", "--after", "-1")).Code);
        Assert.Equal(ExitCodes.Unreachable, (await new Shell("127.0.0.1:1").RunAsync("watch")).Code);
    }

    private static string Id(Answer answer) => JsonDocument.Parse(answer.Output).RootElement.GetProperty("job_id").GetString()!;
}

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Many jobs at once, on a real worker.</summary>
public sealed class GroupTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private readonly Shell _shell = new(admin.Address);

    [Fact]
    public async Task Parallel_WithOneThatFails_EndsWithItsCode_AndEachMemberKnewItsPlace()
    {
        var answer = await _shell.RunAsync("run", "--parallel", "5", "--wait", "--label", "test=group", "--", "sh", "-c", "echo $JOB_INDEX of $JOB_COUNT; test $JOB_INDEX != 3 || exit 7");
        Assert.Equal(7, answer.Code);
        Assert.Contains("4 of 5 succeeded, 1 failed", answer.Error, StringComparison.Ordinal);

        var ids = (await _shell.RunAsync("list", "--label", "test=group", "--json")).Lines.Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("job_id").GetString()!);
        var said = await Task.WhenAll(ids.Select(async id => (await _shell.RunAsync("logs", id)).Output));
        Assert.Equal(["0 of 5\n", "1 of 5\n", "2 of 5\n", "3 of 5\n", "4 of 5\n"], said.Order(StringComparer.Ordinal));
    }

    /// <summary>Lines are whole, each with its member's index; what goes to stderr goes to stderr.</summary>
    [Fact]
    public async Task Parallel_ShowsWhatEachMemberPrints()
    {
        var answer = await _shell.RunAsync("run", "--parallel", "20", "--", "sh", "-c", "printf 'a%s' $JOB_INDEX; echo b; echo err >&2; printf end; test $JOB_INDEX != 3 || exit 7");
        Assert.Equal(7, answer.Code);
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(n => (string[])[$"{n}: a{n}b", $"{n}: end"]).Order(StringComparer.Ordinal), answer.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"{n}: err").Order(StringComparer.Ordinal), answer.Error.Split('\n').Where(line => line.EndsWith(": err", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>As it comes, not when the group has ended.</summary>
    [Fact]
    public async Task Parallel_ShowsLinesWhileMembersRun()
    {
        using var folder = new TemporaryFolder();
        var go = Path.Combine(folder.Path, "go");
        using var output = new WatchedOutput("1: begun 1");
        var running = _shell.RunAsync(new Interrupts(), output, "run", "--parallel", "2", "--", "sh", "-c", $"echo begun $JOB_INDEX; until test -e {go}; do sleep 0.05; done");
        await output.SeenAsync();
        Assert.False(running.IsCompleted);
        await File.WriteAllTextAsync(go, "");
        Assert.Equal(0, (await running).Code);
    }

    [Fact]
    public async Task ParallelOfOne_IsCopiedByteForByte()
    {
        var answer = await _shell.RunAsync("run", "--parallel", "1", "--", "printf", "no end");
        Assert.Equal((0, "no end"), (answer.Code, answer.Output));
    }

    /// <summary>Also the retry of a retry, which is no member.</summary>
    [Fact]
    public async Task Member_IsRetriedWithOtherParameters_AndKnowsItsPlace()
    {
        var group = (await _shell.RunAsync("run", "--parallel", "2", "--label", "test=place", "--detach", "--", "true")).Lines[0];
        Assert.Equal(0, (await _shell.RunAsync("groups", "status", group, "--wait")).Code);
        var members = (await _shell.RunAsync("list", "--label", "group_id=" + group, "--json")).Lines.Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement);
        var id = members.Single(member => member.GetProperty("labels").GetProperty("group_index").GetString() == "1").GetProperty("job_id").GetString()!;
        foreach (var text in (string[])["first", "second"])
        {
            var retried = await _shell.RunAsync("retry", id, "--param", "command=sh", "--param", $"args=[\"-c\",\"echo {text} $JOB_INDEX of $JOB_COUNT\"]");
            Assert.True(retried.Code == 0, retried.Error);
            id = retried.Lines[0];
            Assert.Equal($"{text} 1 of 2\n", (await _shell.RunAsync("logs", id, "--follow")).Output);
        }
    }

    [Fact]
    public async Task TextForAnObject_IsRefused_WithTheField()
    {
        var answer = await _shell.RunAsync("run", "cat", "--param", "env=FOO=bar");
        Assert.Equal(65, answer.Code);
        Assert.Contains("expected an object", answer.Error, StringComparison.Ordinal);
    }
}

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>What the tool says without any admin.</summary>
public class UsageTests
{
    private readonly Shell _shell = new("127.0.0.1:1");

    [Theory]
    [InlineData("run")]
    [InlineData("run", "ls", "--priority", "urgent")]
    [InlineData("run", "ls", "--timeout", "soon")]
    [InlineData("run", "ls", "--label", "x")]
    [InlineData("run", "ls", "--params", "[]")]
    [InlineData("run", "ls", "--param-file", "stdin=/no/such/file")]
    [InlineData("run", "ls", "--detach", "--wait")]
    [InlineData("run", "ls", "--nonsense")]
    [InlineData("run", "ls", "--max-running", "2")]
    [InlineData("run", "ls", "--cancel-rest")]
    [InlineData("logs", "j-1", "--tail", "0")]
    [InlineData("logs", "j-1", "--tail", "-1")]
    [InlineData("logs", "j-1", "--attempt", "-1")]
    [InlineData("logs", "j-1", "--bytes", "-1")]
    [InlineData("run", "--nonsense")]
    [InlineData("run", "--type", "command", "--nonsense")]
    [InlineData("run", "ls", "--call-timeout", "never")]
    [InlineData("run", "ls", "--config", "/no/such/file")]
    [InlineData("nonsense")]
    public async Task WrongUse_Is64_AndSaysWhatIsWrong(params string[] arguments)
    {
        var answer = await _shell.RunAsync(arguments);
        Assert.Equal((64, ""), (answer.Code, answer.Output));
        Assert.StartsWith("pluginctl: ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_Is69_AndJsonSaysSo()
    {
        var answer = await _shell.RunAsync("run", "ls", "--json");
        Assert.Equal((69, ""), (answer.Code, answer.Output));
        Assert.Contains("\"error\":\"cannot reach the admin at 127.0.0.1:1", answer.Error, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"unavailable\"", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_HasExamples()
    {
        var answer = await _shell.RunAsync("run", "--help");
        Assert.Equal(0, answer.Code);
        Assert.Contains("Examples:\n  pluginctl run \"ls -la /tmp\" --timeout 30s", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_IsTakenFromTheCommandLineTheEnvironmentAndTheProfile()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "config.json");
        await File.WriteAllTextAsync(file, """{"profile":"far","profiles":{"far":{"address":"127.0.0.1:2"},"near":{"address":"127.0.0.1:3","token":"t"}}}""");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var shell = new Shell("");
        Assert.Contains("127.0.0.1:2", (await shell.RunAsync("run", "ls", "--config", file)).Error, StringComparison.Ordinal);
        var near = await shell.RunAsync("run", "ls", "--config", file, "--profile", "near");
        Assert.Contains("127.0.0.1:3", near.Error, StringComparison.Ordinal);
        Assert.Contains("can be read by others", near.Error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", (await _shell.RunAsync("run", "ls", "--config", file)).Error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:4", (await _shell.RunAsync("run", "ls", "--address", "127.0.0.1:4")).Error, StringComparison.Ordinal);
        Assert.Equal(64, (await shell.RunAsync("run", "ls", "--config", file, "--profile", "none")).Code);

        // Nobody asked for one of its profiles.
        await File.WriteAllTextAsync(file, """{"profiles":{"far":{"address":"127.0.0.1:2"}}}""");
        Assert.Contains("127.0.0.1:4", (await _shell.RunAsync("run", "ls", "--config", file, "--address", "127.0.0.1:4")).Error, StringComparison.Ordinal);
    }
}

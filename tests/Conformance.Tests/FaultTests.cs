namespace BlazorPluginAdmin.Conformance.Tests;

/// <summary>A broken SDK does not pass: one fault per group, and the kit names it.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData('A', "A6", "job_type of the completion")]
    [InlineData('B', "B12,B14", "OnClose once for each session")]
    [InlineData('C', "C1", "running_work in hello")]
    [InlineData('D', "D1", "a pong with the nonce")]
    [InlineData('E', "E2", "messages in ")]
    [InlineData('F', "F12", "unsupported request body")]
    [InlineData('G', "G3", "the length of the text")]
    public async Task BrokenSdk_IsNamed(char fault, string cases, string expected)
    {
        var kit = await Kit.RunAsync(Kit.Workers["csharp"], "--only", cases, "--fault", fault.ToString());
        Assert.True(kit.ExitCode == 1, kit.Output);
        Assert.Contains(kit.Cases, one => one.Verdict == "failed" && one.Expected.Contains(expected, StringComparison.Ordinal));
        Assert.All(kit.Cases, one => Assert.Equal("failed", one.Verdict));
        Assert.Contains($"not ok 1 - {kit.Cases[0].Id[0]}", kit.Output, StringComparison.Ordinal);
    }

    /// <summary>A worker that leaks an extension to a foreign admin is found by the bytes.</summary>
    [Fact]
    public async Task LeakedExtension_IsNamedWithItsPath()
    {
        var kit = await Kit.RunAsync(Kit.Workers["csharp"], "--only", "F1", "--fault", "F");
        Assert.True(kit.ExitCode == 1, kit.Output);
        Assert.Contains("request_id = 100", Assert.Single(kit.Cases).Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo hello", "neither", "A1")]
    [InlineData("sh -c 'exit 3'", "ended", "A1")]
    public async Task ProgramThatIsNoWorker_Fails(string command, string seen, string only)
    {
        var kit = await Kit.RunAsync(command, "--only", only);
        Assert.True(kit.ExitCode == 1, kit.Output);
        Assert.Contains(seen, Assert.Single(kit.Cases).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownCase_IsWrongUsage() => Assert.Equal(64, (await Kit.RunAsync("true", "--only", "Z9")).ExitCode);
}

using BlazorPluginAdmin.Conformance.Kit;

namespace BlazorPluginAdmin.Conformance.Tests;

/// <summary>A broken SDK does not pass: each case fails for a fault of its own kind, and the kit names it.</summary>
public sealed class FaultTests
{
    /// <summary>One run of all: what waits can wait together. A fault shows at once or after a wait; few of those, so that they need not be short.</summary>
    [Fact]
    public async Task EveryCase_FailsForItsFault()
    {
        var kit = await Kit.RunAsync(Kit.Workers["csharp"], "--patience", "5", "--fault", Faults.Each);
        Assert.True(kit.ExitCode == 1, kit.Output);
        var wrong = kit.Cases.Where(one => one.Verdict != "failed" || !one.Expected.Contains(Faults.Named(one.Id)!.Names, StringComparison.Ordinal));
        Assert.True(!wrong.Any(), string.Join('\n', wrong.Select(one => $"{one.Id} {one.Verdict}: expected {one.Expected}; seen: {one.Seen}; not: {Faults.Named(one.Id)!.Names}")));
        Assert.Equal(Runner.Cases.Count(entry => !entry.Case.IsNightly), kit.Cases.Count);
        Assert.Contains("not ok 1 - ", kit.Output, StringComparison.Ordinal);
    }

    /// <summary>Whatever a case is about.</summary>
    [Theory]
    [InlineData("no-close", "A5,D1")]
    [InlineData("two-closes", "A5,B14")]
    [InlineData("no-sender", "A5")]
    [InlineData("no-time", "A5")]
    [InlineData("no-state", "F4")]
    public async Task FaultThatNoCaseIsAbout_IsFoundAfterEach(string fault, string cases)
    {
        var kit = await Kit.RunAsync(Kit.Workers["csharp"], "--patience", "5", "--only", cases, "--fault", fault);
        Assert.Equal(cases, string.Join(',', kit.Cases.Select(one => one.Id)));
        Assert.All(kit.Cases, one => Assert.Contains(Faults.Named(fault)!.Names, one.Expected, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryCase_HasAFault() => Assert.All(Runner.Cases.Where(entry => entry.Case.Id != "B8n"), entry => Assert.NotNull(Faults.Named(entry.Case.Id)));

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

    [Fact]
    public async Task UnknownFault_IsWrongUsage() => Assert.Equal(64, (await Kit.RunAsync("true", "--fault", "Z9")).ExitCode);
}

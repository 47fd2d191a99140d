using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Commands;

namespace BlazorPluginAdmin.WorkerStock.Tests.Commands;

public sealed class CommandTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("command-").FullName;
    private readonly HandlerTestHost _host;

    public CommandTests() => _host = new HandlerTestHost(new CommandHandler(new StockOptions { StateDirectory = _state }, TimeProvider.System));

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task OutputAndExitCode_ComeBack()
    {
        var outcome = await ShellAsync("echo out; echo err >&2; exit 3");
        Assert.False(outcome.Success);
        Assert.Equal((3L, "out\n", "err\n"), (outcome.Outputs["exit_code"].Wire.Int64Value, outcome.Outputs["stdout"].Wire.StringValue, outcome.Outputs["stderr"].Wire.StringValue));
    }

    [Fact]
    public async Task Success_CanBeAnotherCode()
    {
        Assert.True((await ShellAsync("exit 7", new ValueSet { ["success_exit_codes"] = new[] { 0L, 7L } })).Success);
    }

    [Fact]
    public async Task StdinEnvironmentAndResultFile_AreWired()
    {
        var outcome = await ShellAsync(
            "cat; echo $GREETING $JOB_ID; echo '{\"answer\": 42, \"exit_code\": 9}' > $JOB_RESULT_FILE",
            new ValueSet { ["stdin"] = "in\n"u8.ToArray(), ["env"] = Value.Map([KeyValuePair.Create("GREETING", (Value)"hi")]) });
        Assert.Equal("in\nhi test-job\n", outcome.Outputs["stdout"].Wire.StringValue);
        Assert.Equal((42L, 0L), (outcome.Outputs["answer"].Wire.Int64Value, outcome.Outputs["exit_code"].Wire.Int64Value));
    }

    [Fact]
    public async Task Cancel_EndsEverythingItStarted()
    {
        var marker = $"{TimeProvider.System.GetTimestamp() % 100_000}.7";
        using var source = new CancellationTokenSource();
        var running = ShellAsync($"sleep {marker} & sleep {marker}; wait", new ValueSet { ["kill_grace"] = TimeSpan.FromSeconds(1) }, source.Token);
        await CountAsync(marker, 2);
        await source.CancelAsync();
        var outcome = await running.InTimeAsync("the end of the command");
        Assert.Equal(-1, outcome.Outputs["exit_code"].Wire.Int64Value);
        await CountAsync(marker, 0);
    }

    [Fact]
    public async Task MissingCommand_IsAPermanentFailure_WithItsName()
    {
        var outcome = await _host.ExecuteAsync(new ValueSet { ["command"] = "no-such-thing" });
        Assert.Contains("no-such-thing", outcome.Text, StringComparison.Ordinal);
        Assert.Equal("permanent", outcome.Outputs["error_class"].Wire.StringValue);
    }

    [Fact]
    public async Task OutputBeyondTheCap_IsCut_AndSaysSo()
    {
        _host.WorkerConfig["max_output_mib"] = 1L;
        var outcome = await ShellAsync("head -c 3000000 /dev/zero | tr '\\0' x");
        Assert.True(outcome.Outputs["stdout_truncated"].Wire.BoolValue);
        Assert.Equal(64 * 1024, outcome.Outputs["stdout"].Wire.StringValue.Length);
        Assert.Contains("output limit reached", _host.Output, StringComparison.Ordinal);
        Assert.True(_host.Output.Length < 1_100_000);
        Assert.Equal((3_000_000 - (1024 * 1024), 0), (_host.LeftOut[OutputStream.Stdout], _host.LeftOut[OutputStream.Stderr]));
    }

    [Theory]
    [InlineData("ls", "", "", true)]
    [InlineData("/bin/reboot", "", "reboot", false)]
    [InlineData("mkfs.ext4", "", "mkfs*", false)]
    [InlineData("ls", "cat", "", false)]
    [InlineData("/usr/bin/cat", "c?t", "", true)]
    [InlineData("cat", "*", "cat", false)]
    public void Policy_BlockWins(string command, string allowed, string blocked, bool runs)
    {
        var policy = new CommandPolicy(allowed.Length == 0 ? [] : [allowed], blocked.Length == 0 ? [] : [blocked], AllowShell: false);
        Assert.Equal(runs, policy.Refusal(command, shell: false) is null);
        Assert.NotNull(policy.Refusal(command, shell: true));
    }

    private static async Task CountAsync(string marker, int wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (Processes(marker) != wanted)
        {
            Assert.False(limit.IsCancellationRequested, $"there are {Processes(marker)} processes after 30 s, not {wanted}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static int Processes(string marker) => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            return char.IsAsciiDigit(folder[^1]) && File.ReadAllText(Path.Combine(folder, "cmdline")).StartsWith($"sleep\0{marker}", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It ended while we looked.
            return false;
        }
    });

    private Task<JobOutcome> ShellAsync(string script, ValueSet? more = null, CancellationToken cancellationToken = default)
    {
        _host.AdminConfig["allow_shell"] = true;
        var parameters = new ValueSet { ["command"] = script, ["shell"] = true };
        foreach (var (name, value) in more ?? [])
        {
            parameters[name] = value;
        }

        return _host.ExecuteAsync(parameters, cancellationToken: cancellationToken);
    }
}

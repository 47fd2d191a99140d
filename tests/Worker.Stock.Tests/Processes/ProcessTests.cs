using System.Globalization;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Commands;

namespace BlazorPluginAdmin.WorkerStock.Tests.Processes;

/// <summary>Real processes: what they see, how they end, what they leave behind.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("process-").FullName;
    private readonly HandlerTestHost _host;

    public ProcessTests()
    {
        _host = new HandlerTestHost(new CommandHandler(new StockOptions { StateDirectory = _state }, TimeProvider.System));
        _host.AdminConfig["allow_shell"] = true;
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Environment_IsInheritedOrPassed_NeverTheWorkersOwn()
    {
        Environment.SetEnvironmentVariable("PLUGIN_TOKEN", "secret");
        Environment.SetEnvironmentVariable("STOCK_TEST", "inherited");
        Assert.Equal("inherited,\n", Text(await ShellAsync("echo $STOCK_TEST,$PLUGIN_TOKEN"), "stdout"));
        _host.WorkerConfig["inherit_env"] = false;
        _host.WorkerConfig["pass_env"] = new[] { "PATH", "PLUGIN_TOKEN" };
        Assert.Equal(",,/\n", Text(await ShellAsync("echo $STOCK_TEST,$PLUGIN_TOKEN,$(echo $PATH | cut -c1)"), "stdout"));
    }

    [Fact]
    public async Task JobVariables_AreGiven()
    {
        var outcome = await ShellAsync("echo $JOB_ID $JOB_TYPE $JOB_ATTEMPT; [ $JOB_WORKDIR = $PWD ] && echo here; dirname $JOB_RESULT_FILE | cut -c1");
        Assert.Equal("test-job command 1\nhere\n/\n", Text(outcome, "stdout"));
    }

    [Fact]
    public async Task GroupVariables_ComeWithTheJob()
    {
        var outcome = await ShellAsync("echo $JOB_INDEX of $JOB_COUNT in $JOB_GROUP", ("env", Value.Map([new("JOB_INDEX", "2"), new("JOB_COUNT", "5"), new("JOB_GROUP", "g")])));
        Assert.Equal("2 of 5 in g\n", Text(outcome, "stdout"));
    }

    [Theory]
    [InlineData("JOB_ID")]
    [InlineData("PLUGIN_X")]
    [InlineData("1X")]
    [InlineData("A=B")]
    [InlineData("")]
    public async Task Variables_WithOtherNames_AreRefused(string name) =>
        Assert.Equal("permanent", Text(await ShellAsync("true", ("env", Value.Map([KeyValuePair.Create(name, (Value)"x")]))), "error_class"));

    [Fact]
    public async Task Arguments_ArriveAsTheyAre()
    {
        var outcome = await RunAsync(("command", "printf"), ("args", new[] { "[%s]", "a b", "$(x)", "ä\n", "" }));
        Assert.Equal("[a b][$(x)][ä\n][]", Text(outcome, "stdout"));
        Assert.Equal("two one\n", Text(await ShellAsync("echo $2 $1", ("args", new[] { "one", "two" })), "stdout"));
    }

    /// <summary>A shell would take the text for its own; none was asked for. Trying again would not help either.</summary>
    [Theory]
    [InlineData("", "names no interpreter")]
    [InlineData("echo run by a shell", "names no interpreter")]
    [InlineData("#!\necho x", "names no interpreter")]
    [InlineData("#!/no/such/thing -x\necho x", "the interpreter /no/such/thing, named in its line 1, is no program of this worker")]
    [InlineData("#!/no/such/thing\n\0\0", "the interpreter /no/such/thing, named")]
    [InlineData("#! /bin/sh\r\necho x\r\n", "ends as lines of Windows do")]
    public async Task TextNothingCanRun_IsRefused(string text, string why)
    {
        var outcome = await RunAsync(("command", Program(text)), ("merge_stderr", true));
        Assert.Equal((-1L, "permanent"), (outcome.Outputs["exit_code"].Wire.Int64Value, Text(outcome, "error_class")));
        Assert.StartsWith($"{_state}/program cannot be executed: ", outcome.Text, StringComparison.Ordinal);
        Assert.Contains(why, outcome.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!/bin/sh\necho \"$1\"")]
    [InlineData("#! /bin/sh -e\necho \"$1\"")]
    [InlineData("#!/usr/bin/env\tsh\necho \"$1\"")]
    public async Task TextThatNamesItsInterpreter_IsRunByIt(string text) =>
        Assert.Equal("ä b\n", Text(await RunAsync(("command", Program(text)), ("args", new[] { "ä b" })), "stdout"));

    [Fact]
    public async Task Parameters_CannotLoosenThePolicy()
    {
        _host.AdminConfig["allow_shell"] = false;
        _host.AdminConfig["blocked_commands"] = new[] { "id" };
        Assert.Contains("shell is not allowed", (await ShellAsync("true", ("allow_shell", true))).Text, StringComparison.Ordinal);
        Assert.Contains("blocked", (await RunAsync(("command", "id"), ("blocked_commands", Array.Empty<string>()))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KilledBySignal_IsSaid()
    {
        var outcome = await ShellAsync("kill -9 $$");
        Assert.Equal((137L, 9L), (outcome.Outputs["exit_code"].Wire.Int64Value, outcome.Outputs["signal"].Wire.Int64Value));
    }

    [Fact]
    public async Task Merged_KeepsTheOrderOfBoth()
    {
        var outcome = await ShellAsync("for n in 1 2 3 4 5 6 7 8 9; do echo o$n; echo e$n >&2; done", ("merge_stderr", true));
        Assert.Equal(string.Concat(Enumerable.Range(1, 9).Select(n => $"o{n}\ne{n}\n")), Text(outcome, "stdout"));
        Assert.Equal("", Text(outcome, "stderr"));
    }

    [Fact]
    public async Task IgnoringTerminate_WithGrandchildren_IsKilledAfterTheGrace()
    {
        using var cancel = new CancellationTokenSource();
        var file = Path.Combine(_state, "pids");
        var running = ShellAsync($"trap '' TERM; (trap '' TERM; sleep 1000 & echo $! >> {file}; while :; do sleep 1; done) & echo $$ >> {file}; while :; do sleep 1; done", cancel.Token, ("kill_grace", TimeSpan.FromMilliseconds(200)));
        var ids = await LinesAsync(file, 2);
        await cancel.CancelAsync();
        var outcome = await running.InTimeAsync("the end of the command");
        Assert.Equal(-1, outcome.Outputs["exit_code"].Wire.Int64Value);
        foreach (var id in ids)
        {
            await GoneAsync(id);
        }
    }

    [Fact]
    public async Task Terminate_ComesFirst_SoThatItCanTidyUp()
    {
        using var cancel = new CancellationTokenSource();
        var file = Path.Combine(_state, "started");
        var running = ShellAsync($"trap 'echo tidy; exit 0' TERM; echo x > {file}; while :; do sleep 0.05; done", cancel.Token);
        await LinesAsync(file, 1);
        await cancel.CancelAsync();
        Assert.Equal("tidy\n", Text(await running.InTimeAsync("the end of the command"), "stdout"));
    }

    [Fact]
    public async Task WhatOutlivesTheCommand_InItsGroup_GoesWithIt()
    {
        var file = Path.Combine(_state, "pid");
        Assert.True((await ShellAsync($"sleep 1000 & echo $! > {file}").InTimeAsync("the end of the command")).Success);
        await GoneAsync(await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task WhatLeavesTheGroup_CannotHoldTheJob()
    {
        var file = Path.Combine(_state, "pid");
        var outcome = await ShellAsync($"setsid sh -c 'echo $$ > {file}; exec sleep 1000' & while ! [ -s {file} ]; do sleep 0.02; done; echo done").InTimeAsync("the end of the command");
        Assert.Equal("done\n", Text(outcome, "stdout"));
        using var escaped = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture));
        escaped.Kill();
    }

    /// <summary>In sessions of their own, one of them with its parent gone: a command that is ended takes them along.</summary>
    [Fact]
    public async Task WhatLeavesTheGroup_IsEndedWithTheCommand()
    {
        using var cancel = new CancellationTokenSource();
        var file = Path.Combine(_state, "pids");
        var running = ShellAsync(
            $"setsid sh -c 'trap \"\" TERM; echo $$ >> {file}; while :; do sleep 1; done' & setsid sh -c 'setsid sleep 1000 & echo $! >> {file}'; wait",
            cancel.Token,
            ("kill_grace", TimeSpan.FromMilliseconds(200)));
        var ids = await LinesAsync(file, 2);
        await cancel.CancelAsync();
        await running.InTimeAsync("the end of the command");
        foreach (var id in ids)
        {
            await GoneAsync(id);
        }
    }

    [Fact]
    public async Task MemoryLimit_KillsForGood()
    {
        _host.WorkerConfig["memory_limit_mib"] = 64L;
        var outcome = await ShellAsync("head -c 200000000 /dev/zero | tail -c 200000000 | sleep 1000").InTimeAsync("the end of the command");
        Assert.Contains("more than 64 MiB", outcome.Text, StringComparison.Ordinal);
        Assert.Equal("permanent", Text(outcome, "error_class"));
    }

    [Fact]
    public async Task OutputFlood_OfBothStreams_SharesOneCap()
    {
        _host.WorkerConfig["max_output_mib"] = 1L;
        var outcome = await ShellAsync("(head -c 50000000 /dev/zero | tr '\\0' o) & head -c 50000000 /dev/zero | tr '\\0' e >&2; wait").InTimeAsync("the end of the command");
        Assert.True(outcome.Success);
        Assert.InRange(_host.Output.Length, 1024 * 1024, (1024 * 1024) + 100);
        Assert.Equal((true, true), (outcome.Outputs["stdout_truncated"].Wire.BoolValue, outcome.Outputs["stderr_truncated"].Wire.BoolValue));
    }

    [Fact]
    public async Task StdinNobodyReads_DoesNotHoldTheJob() =>
        Assert.True((await ShellAsync("exec 0<&-; true", ("stdin", new byte[1_000_000])).InTimeAsync("the end of the command")).Success);

    [Theory]
    [InlineData("echo nonsense > $JOB_RESULT_FILE", true)]
    [InlineData("echo '[1]' > $JOB_RESULT_FILE", true)]
    [InlineData("mkdir $JOB_RESULT_FILE", false)]
    [InlineData("mkfifo $JOB_RESULT_FILE", false)]
    [InlineData("head -c 300000 /dev/zero > $JOB_RESULT_FILE", false)]
    public async Task ResultFile_ThatIsNone_ChangesNothingElse(string script, bool said)
    {
        var outcome = await ShellAsync(script).InTimeAsync("the end of the command");
        Assert.True(outcome.Success);
        Assert.Equal(said, outcome.Outputs.Any(output => output.Key == "result_file_error"));
    }

    [Fact]
    public async Task FreshDirectory_IsRemoved_AGivenOneStays()
    {
        await ShellAsync("echo x > file; mkdir -p deep/er");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_state, "work")));
        var given = Directory.CreateDirectory(Path.Combine(_state, "given")).FullName;
        Assert.Equal(given + "\n", Text(await ShellAsync("pwd; echo x > file", ("working_dir", given)), "stdout"));
        Assert.True(File.Exists(Path.Combine(given, "file")));
        Assert.Equal("permanent", Text(await ShellAsync("true", ("working_dir", "relative")), "error_class"));
        Assert.Equal("permanent", Text(await ShellAsync("true", ("working_dir", "/no/such/place")), "error_class"));
    }

    /// <summary>Counted from the worker's own, which need not be 0.</summary>
    [Fact]
    public async Task Niceness_IsThatOfTheConfiguration()
    {
        _host.WorkerConfig["niceness"] = 0L;
        var own = int.Parse(Text(await ShellAsync("nice"), "stdout"), CultureInfo.InvariantCulture);
        _host.WorkerConfig["niceness"] = 11L;
        Assert.Equal($"{Math.Min(own + 11, 19)}\n", Text(await ShellAsync("nice"), "stdout"));
    }

    private string Program(string text)
    {
        var path = Path.Combine(_state, "program");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static string Text(JobOutcome outcome, string name) => outcome.Outputs[name].Wire.StringValue;

    /// <summary>Alive and not just waiting to be collected by its parent.</summary>
    private static bool IsAlive(string id)
    {
        var stat = $"/proc/{id.Trim()}/stat";
        try
        {
            return File.ReadAllText(stat) is var text && text[text.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A killed process is still there for a moment.</summary>
    private static async Task GoneAsync(string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (IsAlive(id))
        {
            Assert.False(limit.IsCancellationRequested, $"{id} is still alive after 30 s");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static async Task<string[]> LinesAsync(string file, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!File.Exists(file) || File.ReadAllLines(file).Length < count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }

        return File.ReadAllLines(file);
    }

    private Task<JobOutcome> ShellAsync(string script, params (string Name, Value Value)[] more) => ShellAsync(script, CancellationToken.None, more);

    private Task<JobOutcome> ShellAsync(string script, CancellationToken cancellationToken, params (string Name, Value Value)[] more) =>
        _host.ExecuteAsync(Values([("command", script), ("shell", true), .. more]), cancellationToken: cancellationToken);

    private Task<JobOutcome> RunAsync(params (string Name, Value Value)[] values) => _host.ExecuteAsync(Values(values));

    private static ValueSet Values((string Name, Value Value)[] values)
    {
        var set = new ValueSet();
        foreach (var (name, value) in values)
        {
            set[name] = value;
        }

        return set;
    }
}

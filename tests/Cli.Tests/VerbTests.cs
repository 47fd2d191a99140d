using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>What the admin knows, asked and changed from the command line.</summary>
public sealed class VerbTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private readonly Shell _shell = new(admin.Address);

    [Fact]
    public async Task Workers_AreListed_DrainedAndTakenBack()
    {
        var listed = await _shell.RunAsync("workers");
        Assert.StartsWith("ID       STATE", listed.Output, StringComparison.Ordinal);
        Assert.Contains("stock-1", listed.Output, StringComparison.Ordinal);
        Assert.Contains("draining", (await _shell.RunAsync("workers", "drain", "stock-1", "--reason", "update")).Output, StringComparison.Ordinal);
        var back = JsonDocument.Parse((await _shell.RunAsync("workers", "drain", "stock-1", "--undo", "--json")).Output).RootElement;
        Assert.False(back.GetProperty("draining").GetBoolean());
        Assert.Equal(66, (await _shell.RunAsync("workers", "drain", "nobody")).Code);
    }

    [Fact]
    public async Task Status_SaysWhyAJobWaits_AndSinceWhen()
    {
        var id = (await _shell.RunAsync("run", "true", "--require", "site=nowhere", "--not-before", "1h", "--detach")).Output.Trim();
        var status = (await _shell.RunAsync("status", id)).Output;
        Assert.Matches("\nwaits +scheduled\nwaits since [-0-9]{10} [:0-9]{8}Z, [0-9].*\nwaits until [-0-9]{10} [:0-9]{8}Z\n", status);
        Assert.Equal(0, (await _shell.RunAsync("cancel", id)).Code);
    }

    /// <summary>A job that is to start later has all of it from then on.</summary>
    [Fact]
    public async Task TimeToLive_CountsFromWhenTheJobMayStart()
    {
        var id = (await _shell.RunAsync("run", "true", "--not-before", "1h", "--ttl", "30m", "--detach")).Output.Trim();
        var job = JsonDocument.Parse((await _shell.RunAsync("status", id, "--json")).Output).RootElement;
        Assert.Equal(TimeSpan.FromMinutes(30), job.GetProperty("expires_at").GetDateTimeOffset() - job.GetProperty("not_before").GetDateTimeOffset());
        Assert.Equal(0, (await _shell.RunAsync("cancel", id)).Code);
    }

    [Fact]
    public async Task JobTypes_AreListedAndDescribed()
    {
        Assert.Contains("file_retention", (await _shell.RunAsync("describe-type")).Output, StringComparison.Ordinal);
        var described = await _shell.RunAsync("describe-type", "command");
        Assert.Contains("To submit a job\nFIELD", described.Output, StringComparison.Ordinal);
        Assert.Contains("(required)", described.Output, StringComparison.Ordinal);
        var schema = JsonDocument.Parse((await _shell.RunAsync("describe-type", "command", "--json")).Output).RootElement.GetProperty("submit");
        Assert.Equal("command", schema.GetProperty("required")[0].GetString());
        Assert.Equal("array", schema.GetProperty("properties").GetProperty("args").GetProperty("type").GetString());
        Assert.Equal(66, (await _shell.RunAsync("describe-type", "nothing")).Code);
    }

    /// <summary>As a program reads it that makes a form or checks values.</summary>
    [Fact]
    public async Task Schema_SaysOfLists_WhatTheirValuesMayBe()
    {
        var fields = JsonDocument.Parse((await _shell.RunAsync("describe-type", "http", "--json")).Output).RootElement.GetProperty("submit").GetProperty("properties");
        Assert.Equal("""{"type":"string","enum":["2xx","3xx","4xx","5xx"]}""", fields.GetProperty("accept_status").GetProperty("items").GetRawText());
        Assert.Equal("""{"type":"integer","minimum":100,"maximum":599}""", fields.GetProperty("accept_codes").GetProperty("items").GetRawText());
        Assert.Equal(32, fields.GetProperty("accept_codes").GetProperty("maxItems").GetInt32());
        Assert.Equal(64, fields.GetProperty("headers").GetProperty("maxProperties").GetInt32());
        Assert.Equal("0.1s", fields.GetProperty("request_timeout").GetProperty("minimum").GetString());
        var command = JsonDocument.Parse((await _shell.RunAsync("describe-type", "command", "--json")).Output).RootElement.GetProperty("submit").GetProperty("properties").GetProperty("command");
        Assert.Matches(@"^\^\(\?:.+\)\$$", command.GetProperty("pattern").GetString());
    }

    [Fact]
    public async Task Config_IsSetShownAndCompared()
    {
        var before = await VersionAsync();
        var set = await _shell.RunAsync("config", "set", "command", "niceness=7", "inherit_env=false", "blocked_commands=[\"reboot\"]", "execution_timeout_seconds=60", "retry_limit=2");
        Assert.True(set.Code == 0, set.Error);
        Assert.Contains("worker.niceness: 5 → 7\n", set.Output, StringComparison.Ordinal);
        var shown = (await _shell.RunAsync("config", "get", "command")).Output;
        Assert.Contains("niceness", shown, StringComparison.Ordinal);
        Assert.True(shown.Split('\n').Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["runtime", "retry_limit", "2"]), shown);
        Assert.True(shown.Split('\n').Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["runtime", "execution_timeout_seconds", "60"]), shown);
        Assert.Equal(before + 1, await VersionAsync());
        var diff = (await _shell.RunAsync("config", "diff", "command", "--json")).Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("field").GetString());
        Assert.Equal(["blocked_commands", "inherit_env", "niceness", "retry_limit", "execution_timeout_seconds"], diff);

        Assert.Equal(65, (await _shell.RunAsync("config", "set", "command", "niceness=99")).Code);
        Assert.Equal(65, (await _shell.RunAsync("config", "set", "command", "retry_limit=many")).Code);
        Assert.Equal(65, (await _shell.RunAsync("config", "set", "command", "niceness=8", "--expect", "99")).Code);
        Assert.Equal(64, (await _shell.RunAsync("config", "set", "command")).Code);
    }

    private async Task<long> VersionAsync() =>
        long.Parse(JsonDocument.Parse((await _shell.RunAsync("config", "get", "command", "--json")).Output).RootElement.GetProperty("version").GetString()!, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Detection_ShowsWhatItFound()
    {
        using var folder = new TemporaryFolder();
        var root = Directory.CreateDirectory(Path.Combine(folder.Path, "logs", "app"));
        for (var number = 0; number < 5; number++)
        {
            var file = Path.Combine(root.FullName, $"{number}.log");
            await File.WriteAllTextAsync(file, "old");
            File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, number, 0, 0, DateTimeKind.Utc));
        }

        var set = await _shell.RunAsync("config", "set", "file_retention", $"roots={Path.Combine(folder.Path, "logs")}");
        Assert.True(set.Code == 0, set.Error);
        var found = await _shell.RunAsync("detect", "file_retention");
        Assert.True(found.Code == 0, found.Error);
        Assert.Contains("1 found, none queued", found.Output, StringComparison.Ordinal);
        Assert.Equal("1", JsonDocument.Parse((await _shell.RunAsync("detect", "file_retention", "--json")).Output).RootElement.GetProperty("found").ToString());
        var shown = await _shell.RunAsync("detect", "file_retention", "--wait", "--timeout", "1m");
        Assert.Equal((0, 64), (shown.Code, (await _shell.RunAsync("detect", "file_retention", "--timeout", "soon")).Code));

        var refused = await _shell.RunAsync("config", "set", "file_retention", "older_than_days=0");
        Assert.Equal(65, refused.Code);
        Assert.Contains("must not both be 0", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_KnowsVerbsOptionsTypesAndWorkers()
    {
        Assert.Equal(["run"], (await _shell.RunAsync("[suggest:2]", "ru")).Lines);
        Assert.Contains("--priority", (await _shell.RunAsync("[suggest:6]", "run --")).Lines);
        Assert.Contains("command", (await _shell.RunAsync("[suggest:11]", "run --type ")).Lines);
        Assert.Equal(["stock-1"], (await _shell.RunAsync("[suggest:16]", "workers drain st")).Lines);
        Assert.Contains("run", (await _shell.RunAsync("[suggest:0]", "")).Lines);
        Assert.Contains("run", (await new Shell("127.0.0.1:1").RunAsync("[suggest:0]", "")).Lines);
        Assert.DoesNotContain((await _shell.RunAsync("[suggest:14]", "describe-type ")).Lines, word => word.StartsWith('/') || word == "-?");
        Assert.Equal(64, (await _shell.RunAsync("completion", "tcsh")).Code);
    }

    [Fact]
    public async Task Bash_CompletesWithTheScript_AndThePipeKeepsExitCodes()
    {
        var built = AppContext.BaseDirectory.Replace(Path.Combine("tests", "Cli.Tests"), "Cli", StringComparison.Ordinal);
        var script = $$"""
            PATH="{{built}}:$PATH"
            source <(pluginctl completion bash)
            COMP_LINE='pluginctl workers dr'; COMP_POINT=20; COMP_WORDS=(pluginctl workers dr); COMP_CWORD=2
            _pluginctl pluginctl; echo "completed ${COMPREPLY[*]}"
            pluginctl run 'sh -c "exit 9"'; echo "code $?"
            pluginctl status nothing 2>/dev/null; echo "code $?"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["PLUGINCTL_ADDRESS"] = admin.Address;
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync().InTimeAsync("the end of the script");
        Assert.Equal("completed drain\ncode 9\ncode 66\n", output);
    }

    /// <summary>Workers and schedules are named by others; whoever presses Tab runs nothing of it.</summary>
    [Fact]
    public async Task Bash_QuotesNames_AndRunsNothingOfThem()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["w$(touch made)", "w`touch made`", "w;touch made", "w\"a\" 'b' c", "w two", "w\\x", "w:1"];
        string[] offered = [.. names, "", "other"];
        var script = $$"""
            {{(await _shell.RunAsync("completion", "bash")).Output}}
            pluginctl() { printf '%s\n' "$NAMES"; }
            COMP_LINE='pluginctl workers drain w'; COMP_POINT=25; COMP_WORDS=(pluginctl workers drain w); COMP_CWORD=3
            _pluginctl pluginctl; eval "printf '<%s>\n' ${COMPREPLY[*]}"
            COMP_WORDS=(pluginctl workers drain 'w\ t'); _pluginctl pluginctl; echo "${COMPREPLY[*]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, WorkingDirectory = folder.Path };
        start.Environment["NAMES"] = string.Join('\n', offered);
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync().InTimeAsync("the end of the script");
        Assert.Equal($"{string.Concat(names.Select(name => $"<{name}>\n"))}w\\ two\n", output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}

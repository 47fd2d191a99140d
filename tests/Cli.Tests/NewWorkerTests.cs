using System.Diagnostics;
using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>What new-worker writes is built, tested and served as its README says, in a folder that had nothing.</summary>
public sealed class NewWorkerTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string Checkout = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    [Theory]
    [InlineData("csharp", "dotnet test tests", "dotnet run --no-launch-profile")]
    [InlineData("python", "/usr/bin/python3 -m venv --system-site-packages .venv && .venv/bin/pip install -q --no-index --no-build-isolation -r requirements.txt && .venv/bin/python -m unittest", ".venv/bin/python worker.py")]
    [InlineData("node", "npm install --no-audit --no-fund --silent && npm test", "npm start")]
    public async Task Worker_PassesItsTest_Serves_AndEndsWhenAsked(string language, string test, string run)
    {
        using var folder = new TemporaryFolder();
        var project = Path.Combine(folder.Path, "made");
        Assert.Equal(0, (await new Shell("").RunAsync("new-worker", $"count-{language}", "--lang", language, "--into", project, "--sdk", Checkout)).Code);
        await EndedAsync(Start(project, test), 0);

        using var serving = Start(project, $"exec {run}");
        await OfferedAsync(admin.Admin, $"count_{language}").InTimeAsync($"{run} offering its type", Patience);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a.txt"), "1\n2\n3\n");
        var done = await new Shell(admin.Address).RunAsync("run", "--type", $"count_{language}", "--param", $"file={folder.Path}/a.txt");
        Assert.Equal((0, $"{folder.Path}/a.txt has 3 lines\n", ""), (done.Code, done.Output, done.Error));
        Process.Start("kill", ["-TERM", "--", $"-{serving.Id}"]);
        await EndedAsync(serving, null);
    }

    [Theory]
    [InlineData("1st", "csharp", null, "'1st' is no name for a worker: a letter, then")]
    [InlineData("w", "cobol", null, "Argument 'cobol' not recognized")]
    [InlineData("w", "node", "/nowhere", "there is no sdks/node/package.json in /nowhere")]
    public async Task WhatCannotBeMade_IsSaid(string name, string language, string? sdk, string text)
    {
        using var folder = new TemporaryFolder();
        var answer = await new Shell("").RunAsync(["new-worker", name, "--lang", language, "--into", Path.Combine(folder.Path, "made"), .. sdk is null ? (string[])[] : ["--sdk", sdk]]);
        Assert.Equal(64, answer.Code);
        Assert.Contains(text, answer.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task FolderWithSomethingInIt_IsLeftAlone()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "mine"), "");
        var answer = await new Shell("").RunAsync("new-worker", "w", "--lang", "python", "--into", folder.Path, "--sdk", Checkout);
        Assert.Equal(64, answer.Code);
        Assert.Contains("is there already and is not empty", answer.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>In a group of its own, so that what it starts ends with it.</summary>
    private Process Start(string folder, string command)
    {
        var start = new ProcessStartInfo("setsid", ["bash", "-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PLUGIN_ADMIN"] = $"grpc://{admin.Address}";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return Process.Start(start)!;
    }

    private static async Task EndedAsync(Process process, int? code)
    {
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).InTimeAsync("the end of a program", Patience);
        await process.WaitForExitAsync();
        Assert.True(code is null || process.ExitCode == code, $"exit code {process.ExitCode}\n{string.Concat(said)}");
    }

    private static async Task OfferedAsync(IAdmin admin, string type)
    {
        for (var version = -1L; ;)
        {
            (version, _) = await admin.Views.NewerAsync(version, CancellationToken.None);
            if (admin.States.Current.Value.JobTypes.GetValueOrDefault(type)?.Descriptor is not null)
                return;
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;
}

using System.Text.Json.Nodes;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Who follows a job need not know that the admin was gone for a moment.</summary>
public sealed class FollowTests
{
    [Fact]
    public async Task Logs_OverARestartOfTheAdmin_HaveEachLineOnce()
    {
        using var folder = new TemporaryFolder();
        using var admin = new AdminProcess(Path.Combine(folder.Path, "data"));
        await admin.StartAsync();
        using var worker = StockWorker.Start($"127.0.0.1:{admin.GrpcPort}", Path.Combine(folder.Path, "worker"), more: ["--resume-window", "600"]);
        var shell = new Shell($"127.0.0.1:{admin.GrpcPort}");
        await KnownAsync(shell).InTimeAsync("the stock worker's forms are known");
        var go = Path.Combine(folder.Path, "go");
        string[] submission = ["run", "--detach", "--key", "follow-1", "--", "sh", "-c", $"echo first; while [ ! -e {go} ]; do echo tick; sleep 0.1; done; echo last"];
        var submitted = await shell.RunAsync(submission);
        Assert.True(submitted.Code == 0, submitted.Error);

        using var output = new WatchedOutput("tick\ntick\n");
        using var interrupts = new Interrupts();
        var following = shell.RunAsync(interrupts, output, "logs", submitted.Output.Trim(), "--follow");
        await output.SeenAsync().InTimeAsync("the first output");
        await admin.KillAsync();
        await admin.StartAsync();

        // What is read now may have been written before the restart: the job must not end until its worker is back with it.
        await HeldAsync(shell, submitted.Output.Trim()).InTimeAsync("the worker to be back with the job");
        await output.MoreAsync().InTimeAsync("output after the restart");
        var same = await shell.RunAsync(submission);
        Assert.Equal((0, submitted.Output), (same.Code, same.Output));
        await File.WriteAllTextAsync(go, "");
        var answer = await following;

        Assert.True(answer.Code == 0, answer.Error);
        var whole = await shell.RunAsync("logs", submitted.Output.Trim());
        Assert.Equal(whole.Output, answer.Output);
        Assert.StartsWith("first\ntick\n", answer.Output, StringComparison.Ordinal);
        Assert.EndsWith("tick\nlast\n", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_OverARestartOfTheAdmin_IsWaitedFor()
    {
        using var folder = new TemporaryFolder();
        using var admin = new AdminProcess(Path.Combine(folder.Path, "data"));
        await admin.StartAsync();
        using var worker = StockWorker.Start($"127.0.0.1:{admin.GrpcPort}", Path.Combine(folder.Path, "worker"), more: ["--resume-window", "600"]);
        var shell = new Shell($"127.0.0.1:{admin.GrpcPort}");
        await KnownAsync(shell).InTimeAsync("the stock worker's forms are known");
        var go = Path.Combine(folder.Path, "go");
        var waiting = shell.RunAsync("run", "--parallel", "2", "--wait", "--", "sh", "-c", $"while [ ! -e {go} ]; do sleep 0.1; done; exit $((JOB_INDEX * 7))");
        var jobs = await RunningAsync(shell, 2).InTimeAsync("the members run");
        await admin.KillAsync();
        await admin.StartAsync();
        foreach (var job in jobs)
            await HeldAsync(shell, job).InTimeAsync("the worker to be back with the jobs");
        Assert.False(waiting.IsCompleted);
        await File.WriteAllTextAsync(go, "");
        var answer = await waiting;
        Assert.True(answer.Code == 7, answer.Error);
        Assert.Contains("1 of 2 succeeded, 1 failed", answer.Error, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> RunningAsync(Shell shell, int count)
    {
        while (true)
        {
            var jobs = (await shell.RunAsync("list", "--state", "running", "--json")).Lines.Select(line => (string)JsonNode.Parse(line)!["job_id"]!).ToList();
            if (jobs.Count == count)
                return jobs;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private static async Task HeldAsync(Shell shell, string job)
    {
        while (!(await shell.RunAsync("workers", "--json")).Lines.Select(line => JsonNode.Parse(line)!).Any(worker => (bool)worker["connected"]! && worker["jobs"]!.AsArray().Any(held => (string)held! == job)))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
    }

    private static async Task KnownAsync(Shell shell)
    {
        while ((await shell.RunAsync("describe-type", "command")).Code != 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock;
using BlazorPluginAdmin.WorkerStock.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>A cancel reaches the process that a real worker runs.</summary>
public sealed class CancelTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    [Fact]
    public async Task Sleep_IsGoneAtTheFirstSignal_AndTheJobIsCanceled()
    {
        using var output = new WatchedOutput("\n");
        var shell = new Shell(admin.Address);
        var running = shell.RunAsync(new Interrupts(), output, "run", "--label", "test=cancel", "--", "sh", "-c", "echo $$; exec sleep 600");
        await output.SeenAsync().InTimeAsync("the first line of the job");
        using var process = Process.GetProcessById(int.Parse(System.Text.Encoding.UTF8.GetString(output.ToArray()), CultureInfo.InvariantCulture));
        var id = JsonDocument.Parse((await shell.RunAsync("list", "--label", "test=cancel", "--json")).Output).RootElement.GetProperty("job_id").GetString()!;
        Assert.Equal(0, (await shell.RunAsync("cancel", id)).Code);
        // A busy machine may take its time; before the grace (10 s) is over only the first signal can have ended it.
        await process.WaitForExitAsync().InTimeAsync("the end of the process", TimeSpan.FromSeconds(8));
        Assert.Equal(130, (await running).Code);
        Assert.Equal("JOB_STATE_CANCELED", JsonDocument.Parse((await shell.RunAsync("status", id, "--json")).Output).RootElement.GetProperty("state").GetString());
    }

    /// <summary>By the clock of admin and worker no time at all goes by: were any pause or grace on the way, the end would never come.</summary>
    [Fact]
    public async Task Sleep_IsGone_AndTheJobCanceled_WithNothingToWaitFor()
    {
        var folder = Directory.CreateTempSubdirectory("cancel-").FullName;
        var time = new ManualTimeProvider();
        await using (var app = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true }, services => services.AddSingleton<TimeProvider>(time)))
        {
            var admin = app.Services.GetRequiredService<IAdmin>();
            await using var worker = new PluginWorker(
                new WorkerOptions { Address = $"grpc://{app.GrpcAddress}", WorkerId = "w-sleeps", TimeProvider = time, RegistrationTimeout = TimeSpan.FromMinutes(1), StateDirectory = folder },
                new CommandHandler(new StockOptions { StateDirectory = folder }, time));
            await worker.StartAsync();
            await UntilAsync(admin, state => state.JobTypes.GetValueOrDefault("command") is { Descriptor: not null, Executors.Length: > 0 });

            // Whoever reads a pipe waits for its writer: no clock is needed to learn the number of the process.
            var pipe = Path.Combine(folder, "pipe");
            using (var made = Process.Start("/usr/bin/mkfifo", pipe))
            {
                await made.WaitForExitAsync();
            }

            var shell = new Shell(app.GrpcAddress);
            var id = (await shell.RunAsync("run", "--detach", "--", "sh", "-c", $"echo $$ > {pipe}; exec sleep 600")).Output.Trim();
            var said = await Task.Run(() => File.ReadAllText(pipe)).InTimeAsync("the start of the process");
            using var process = Process.GetProcessById(int.Parse(said, CultureInfo.InvariantCulture));
            Assert.Equal(0, (await shell.RunAsync("cancel", id)).Code);
            await process.WaitForExitAsync().InTimeAsync("the end of the process");
            await UntilAsync(admin, state => !state.Jobs.ContainsKey(new JobId(id)));
            Assert.Equal("JOB_STATE_CANCELED", JsonDocument.Parse((await shell.RunAsync("status", id, "--json")).Output).RootElement.GetProperty("state").GetString());
            await worker.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task UntilAsync(IAdmin admin, Func<AdminState, bool> condition)
    {
        for (var version = -1L; ;)
        {
            (version, var state) = await admin.States.NewerAsync(version, CancellationToken.None).AsTask().InTimeAsync("the state that is waited for");
            if (condition(state))
                return;
        }
    }
}

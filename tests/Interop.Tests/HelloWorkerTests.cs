using System.Diagnostics;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>The smallest worker, to which the dashboard sends whoever has none: a process of its own, told by its environment where the admin is.</summary>
public sealed class HelloWorkerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Sample_ShowsItsForm_GreetsWhomItFinds_AndEndsWhenAsked()
    {
        // Detects only when it is asked to: a detection of its own would find what the test counts.
        await using var admin = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true }, core: new AdminOptions { FirstDetectionDelay = TimeSpan.FromHours(1) });
        var program = AppContext.BaseDirectory.Replace(Path.Combine("tests", "Interop.Tests"), Path.Combine("samples", "HelloWorker"), StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program, "HelloWorker.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PLUGIN_ADMIN"] = new Uri(admin.HttpAddress).Authority;
        start.Environment["PLUGIN_WORKER_ID"] = "hello-1";
        using var worker = Process.Start(start)!;
        var said = Task.WhenAll(worker.StandardOutput.ReadToEndAsync(), worker.StandardError.ReadToEndAsync());
        try
        {
            await DescribedAsync(admin.Services.GetRequiredService<IAdmin>(), "hello");
            using var http = new HttpClient { BaseAddress = new Uri($"{admin.HttpAddress}/api/plugin/job-types/hello/"), Timeout = Limit };
            Assert.Contains("\"Names\"", await http.GetStringAsync(new Uri("descriptor", UriKind.Relative)), StringComparison.Ordinal);

            using var nothing = new StringContent("{}", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("run", UriKind.Relative), nothing);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            var counts = JsonDocument.Parse(text).RootElement;
            Assert.Equal((1, 1), (counts.GetProperty("detected_count").GetInt32(), counts.GetProperty("success_count").GetInt32()));

            using var term = Process.Start("kill", ["-TERM", $"{worker.Id}"]);
            await worker.WaitForExitAsync().WaitAsync(Limit, TimeProvider.System);
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            worker.Kill(entireProcessTree: true);
            Assert.Fail($"it hangs: {fault}\n{string.Concat(await said)}");
        }
        finally
        {
            if (!worker.HasExited)
            {
                worker.Kill(entireProcessTree: true);
            }
        }

        Assert.True(worker.ExitCode == 0, $"exit code {worker.ExitCode}\n{string.Concat(await said)}");
    }

    private static async Task DescribedAsync(IAdmin admin, string type)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        for (var version = -1L; ;)
        {
            (version, var state) = await admin.States.NewerAsync(version, limit.Token);
            if (state.JobTypes.GetValueOrDefault(type) is { Config: not null })
            {
                return;
            }
        }
    }
}

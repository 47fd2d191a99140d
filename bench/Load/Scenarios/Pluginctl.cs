using System.Diagnostics;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>A published tool, from its start to its end: a job submitted, run by the stock worker, followed, and its exit code.</summary>
internal sealed class Pluginctl : IScenario
{
    private const int Rounds = 40;
    private const int Discarded = 5;

    public string Name => "pluginctl";

    public string What => $"`pluginctl run true` as published, {Rounds} times, {Discarded} more are discarded";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        var state = Directory.CreateTempSubdirectory("bench-worker-");
        var stock = Path.GetFullPath("../Worker.Stock/bin/Release/net10.0/Worker.Stock.dll");
        using var worker = Process.Start(new ProcessStartInfo("dotnet", [stock, "--admin", $"grpc://{admin.Grpc}", "--id", "stock", "--state-dir", state.FullName]) { RedirectStandardOutput = true })!;
        try
        {
            await Fleet.ReadyAsync(admin, "command", 1);
            var took = new List<double>();
            for (var round = -Discarded; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                using var tool = Process.Start(Path.GetFullPath("../Cli/bin/published/pluginctl"), ["--address", admin.Grpc, "run", "true"]);
                await tool.WaitForExitAsync();
                if (tool.ExitCode != 0)
                {
                    return $"pluginctl ended with {tool.ExitCode}";
                }

                if (round >= 0)
                {
                    took.Add(watch.Elapsed.TotalMilliseconds);
                }
            }

            took.Sort();
            results.Add(this, "published, stock worker", "run true, p50", took[Rounds / 2], "ms");
            results.Add(this, "published, stock worker", "run true, p95", took[Rounds * 95 / 100], "ms");
            return null;
        }
        finally
        {
            worker.Kill(entireProcessTree: true);
            await worker.WaitForExitAsync();
            state.Delete(recursive: true);
        }
    }
}

using System.Collections.Concurrent;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>What connected workers cost that have nothing to do.</summary>
internal sealed class Idle : IScenario
{
    private const int Workers = 1000;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(60);

    public string Name => "idle";

    public string What => $"{Workers:#,0} idle workers for {Measured.TotalSeconds:0} s";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        var executed = new ConcurrentDictionary<string, int>();
        await using var first = new Fleet(admin.Grpc, "first", 1, 1, () => new Noop("noop", 0, executed));
        await Fleet.ReadyAsync(admin, "noop", 1);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        var empty = admin.ResidentMegabytes;
        await using var fleet = new Fleet(admin.Grpc, "idle", Workers, 4, () => new Noop("noop", 0, executed));
        await Fleet.ReadyAsync(admin, "noop", Workers + 1);
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
        var cpu = admin.Cpu;
        await Task.Delay(Measured, TimeProvider.System);
        var setting = $"{Workers:#,0} workers";
        results.Add(this, setting, "resident memory over an admin with one worker", admin.ResidentMegabytes - empty, "MB");
        results.Add(this, setting, "resident memory of an admin with one worker", empty, "MB");
        results.Add(this, setting, "processor time", (admin.Cpu - cpu) / Measured * 100, "% of a core");
        return null;
    }
}

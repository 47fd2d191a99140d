using System.Collections.Concurrent;
using BlazorPluginAdmin.Bench.Load.Dashboards;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>A large installation on its busy day, all at once: how much memory the admin takes then.</summary>
internal sealed class Capacity : IScenario
{
    private const int Busy = 20;
    private const int Workers = 1000;
    private const int Dashboards = 100;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(60);

    public string Name => "capacity";

    public string What => $"{Workers:#,0} workers, {Dashboards} open dashboards, {StoredJobs.Count:#,0} stored jobs and {SteadyJobs.EventsPerSecond:#,0} job events a second";

    public Task<string?> RunAsync(string app, ResultFile results) => StoredJobs.UnderAdminAsync(app, searchable: false, admin => MeasureAsync(admin, results));

    private async Task<string?> MeasureAsync(AdminUnderTest admin, ResultFile results)
    {
        var executed = new ConcurrentDictionary<string, int>();
        await using var busy = new Fleet(admin.Grpc, "busy", Busy, 16, () => new Noop("noop", 0, executed));
        await using var others = new Fleet(admin.Grpc, "idle", Workers - Busy, 4, () => new Noop("other", 0, []));
        await Fleet.ReadyAsync(admin, "noop", Workers);
        await using var dashboards = await OpenDashboards.OpenAsync(admin, Dashboards, Settled);
        using var stop = new CancellationTokenSource();
        var load = SteadyJobs.SubmitAsync(admin, stop.Token);
        await Task.Delay(Settled, TimeProvider.System);
        var (cpu, batches, ended) = (admin.Cpu, dashboards.Batches, executed.Count);
        await Task.Delay(Measured, TimeProvider.System);
        var (took, pictures, jobs) = (admin.Cpu - cpu, dashboards.Batches - batches, executed.Count - ended);
        var resident = admin.ResidentMegabytes;
        var most = admin.MostResidentMegabytes;
        await stop.CancelAsync();
        await load;
        if (dashboards.Problem is { } problem)
        {
            return problem;
        }

        var setting = $"{Workers:#,0} workers, {Dashboards} dashboards, {StoredJobs.Count:#,0} jobs";
        results.Add(this, setting, "resident memory", resident, "MB");
        results.Add(this, setting, "resident memory, most", most, "MB");
        results.Add(this, setting, "processor time", took / Measured * 100, "% of a core");
        results.Add(this, setting, "jobs executed", jobs / Measured.TotalSeconds, "/s");
        results.Add(this, setting, "batches of changes a second and dashboard", pictures / Measured.TotalSeconds / Dashboards, "/s");
        return null;
    }
}

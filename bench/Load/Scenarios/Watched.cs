using System.Collections.Concurrent;
using BlazorPluginAdmin.Bench.Load.Dashboards;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>What open dashboards cost a busy admin: the same load with and without them.</summary>
internal sealed class Watched : IScenario
{
    private const int Dashboards = 100;
    private const int Collections = 5;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    public string Name => "watched";

    public string What => $"{Dashboards} open dashboards over {SteadyJobs.EventsPerSecond:#,0} job events a second";

    public async Task<string?> RunAsync(string app, ResultFile results)
    {
        // Two admins, one after the other: what a load leaves behind in one would be counted with the dashboards.
        var alone = await MeasureAsync(app, 0);
        var watched = await MeasureAsync(app, Dashboards);
        if (watched.Problem is not null)
        {
            return watched.Problem;
        }

        var setting = $"{Dashboards} dashboards";
        results.Add(this, setting, "processor time of the admin for the load alone", alone.Cpu, "% of a core");
        results.Add(this, setting, "processor time of the admin for the dashboards", watched.Cpu - alone.Cpu, "% of a core");
        results.Add(this, setting, "resident memory a dashboard, nothing going on", watched.IdleMegabytes / Dashboards, "MB");
        results.Add(this, setting, "resident memory a dashboard adds to the load, its garbage included", (watched.BusyMegabytes - alone.BusyMegabytes) / Dashboards, "MB");
        results.Add(this, setting, "live managed memory a dashboard adds to the load, after a full collection", (watched.LiveMegabytes - alone.LiveMegabytes) / Dashboards, "MB");
        results.Add(this, setting, "batches of changes a second and dashboard", watched.Batches / Measured.TotalSeconds / Dashboards, "/s");
        results.Add(this, setting, "bytes a second and dashboard", watched.Bytes / Measured.TotalSeconds / Dashboards / 1000, "kB/s");
        return null;
    }

    private static async Task<Figures> MeasureAsync(string app, int count)
    {
        await using var admin = await AdminUnderTest.StartAsync(app);
        var executed = new ConcurrentDictionary<string, int>();
        await using var fleet = new Fleet(admin.Grpc, "busy", 20, 16, () => new Noop("noop", 0, executed));
        await Fleet.ReadyAsync(admin, "noop", 20);
        // What every page needs once, such as its compiled code, is not the price of a dashboard more.
        await (await OpenDashboards.OpenAsync(admin, 2 * OpenDashboards.Pages.Length, Settled)).DisposeAsync();
        var resident = admin.ResidentMegabytes;
        await using var dashboards = await OpenDashboards.OpenAsync(admin, count, Settled);
        var idle = admin.ResidentMegabytes - resident;
        var (cpu, busy, live, batches, bytes) = (0.0, 0.0, 0.0, 0L, 0L);
        await UnderLoadAsync(admin, async () =>
        {
            (batches, bytes) = (dashboards.Batches, dashboards.Bytes);
            cpu = await CpuAsync(admin);
            (batches, bytes) = (dashboards.Batches - batches, dashboards.Bytes - bytes);
            // Before anything is collected by force: that would give back what the load alone does not.
            busy = admin.ResidentMegabytes - resident;
            live = await LiveAsync(admin);
        });
        var problem = dashboards.Problem
            ?? (batches < count * Measured.TotalSeconds / 2 ? $"only {batches} batches of changes came; are the pages alive?" : null);
        return new Figures(cpu, idle, busy, live, batches, bytes, problem);
    }

    /// <summary>The median of some collections: what is on its way lives as well, and differs.</summary>
    private static async Task<double> LiveAsync(AdminUnderTest admin)
    {
        var live = new double[Collections];
        for (var n = 0; n < Collections; n++)
        {
            live[n] = await admin.LiveMegabytesAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        return live.Order().ElementAt(Collections / 2);
    }

    private static async Task UnderLoadAsync(AdminUnderTest admin, Func<Task> measureAsync)
    {
        using var stop = new CancellationTokenSource();
        var load = SteadyJobs.SubmitAsync(admin, stop.Token);
        await Task.Delay(Settled, TimeProvider.System);
        await measureAsync();
        await stop.CancelAsync();
        await load;
    }

    private static async Task<double> CpuAsync(AdminUnderTest admin)
    {
        var cpu = admin.Cpu;
        await Task.Delay(Measured, TimeProvider.System);
        return (admin.Cpu - cpu) / Measured * 100;
    }

    private sealed record Figures(double Cpu, double IdleMegabytes, double BusyMegabytes, double LiveMegabytes, long Batches, long Bytes, string? Problem);
}

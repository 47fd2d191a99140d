using System.Collections.Concurrent;
using System.Net.Http.Json;
using BlazorPluginAdmin.Bench.Load.Dashboards;

namespace BlazorPluginAdmin.Bench.Load.Scenarios;

/// <summary>What open dashboards cost a busy admin: the same load with and without them.</summary>
internal sealed class Watched : IScenario
{
    private const int Dashboards = 100;
    private const int JobsPerSecond = 250; // Each is submitted, assigned, running and ended: a thousand events.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);
    private static readonly string[] Pages = ["plugin", "plugin/queue?job=noop", "jobs", "workers", "activity"];

    public string Name => "watched";

    public string What => $"{Dashboards} open dashboards over {JobsPerSecond * 4:#,0} job events a second";

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
        await CloseAsync(await OpenAsync(admin, 2 * Pages.Length));
        var resident = admin.ResidentMegabytes;
        var dashboards = await OpenAsync(admin, count);
        var idle = admin.ResidentMegabytes - resident;
        var (cpu, batches, bytes) = (0.0, 0L, 0L);
        await UnderLoadAsync(admin, async () =>
        {
            (batches, bytes) = (dashboards.Sum(dashboard => dashboard.Batches), dashboards.Sum(dashboard => dashboard.Bytes));
            cpu = await CpuAsync(admin);
            (batches, bytes) = (dashboards.Sum(dashboard => dashboard.Batches) - batches, dashboards.Sum(dashboard => dashboard.Bytes) - bytes);
        });
        var problem = dashboards.Select(dashboard => dashboard.Problem).FirstOrDefault(problem => problem is not null)
            ?? (batches < count * Measured.TotalSeconds / 2 ? $"only {batches} batches of changes came; are the pages alive?" : null);
        var figures = new Figures(cpu, idle, admin.ResidentMegabytes - resident, batches, bytes, problem);
        await CloseAsync(dashboards);
        return figures;
    }

    private static async Task<List<Circuit>> OpenAsync(AdminUnderTest admin, int count)
    {
        var dashboards = new List<Circuit>();
        for (var n = 0; n < count; n++)
        {
            dashboards.Add(await Circuit.OpenAsync(admin.Http, Pages[n % Pages.Length]));
        }

        await Task.Delay(Settled, TimeProvider.System);
        return dashboards;
    }

    private static async Task CloseAsync(List<Circuit> dashboards)
    {
        foreach (var dashboard in dashboards)
        {
            await dashboard.DisposeAsync();
        }
    }

    private static async Task UnderLoadAsync(AdminUnderTest admin, Func<Task> measureAsync)
    {
        using var stop = new CancellationTokenSource();
        var load = SubmitAsync(admin, stop.Token);
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

    private static async Task SubmitOneAsync(AdminUnderTest admin)
    {
        using var answer = await admin.Http.PostAsJsonAsync("/api/plugin/jobs/execute?async=true", new { job = new { job_type = "noop" }, timeout_seconds = 600 });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task SubmitAsync(AdminUnderTest admin, CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var pending = new List<Task>();
        try
        {
            while (await pace.WaitForNextTickAsync(cancellationToken))
            {
                pending.RemoveAll(task => task.IsCompletedSuccessfully);
                for (var n = 0; n < JobsPerSecond / 50; n++)
                {
                    pending.Add(SubmitOneAsync(admin));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(pending);
        }
    }

    private sealed record Figures(double Cpu, double IdleMegabytes, double BusyMegabytes, long Batches, long Bytes, string? Problem);
}

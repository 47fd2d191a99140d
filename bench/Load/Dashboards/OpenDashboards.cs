namespace BlazorPluginAdmin.Bench.Load.Dashboards;

/// <summary>Dashboards that are open at once, on five pages in turn.</summary>
internal sealed class OpenDashboards : IAsyncDisposable
{
    public static readonly string[] Pages = ["plugin", "plugin/queue?job=noop", "jobs", "workers", "activity"];

    private readonly List<Circuit> _circuits = [];

    public long Batches => _circuits.Sum(circuit => circuit.Batches);

    public long Bytes => _circuits.Sum(circuit => circuit.Bytes);

    /// <summary>Why one of them ended; null: all are alive.</summary>
    public string? Problem => _circuits.Select(circuit => circuit.Problem).FirstOrDefault(problem => problem is not null);

    /// <param name="settled">How long they are left alone afterwards.</param>
    public static async Task<OpenDashboards> OpenAsync(AdminUnderTest admin, int count, TimeSpan settled)
    {
        var dashboards = new OpenDashboards();
        for (var n = 0; n < count; n++)
        {
            dashboards._circuits.Add(await Circuit.OpenAsync(admin.Http, Pages[n % Pages.Length]));
        }

        await Task.Delay(settled, TimeProvider.System);
        return dashboards;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var circuit in _circuits)
        {
            await circuit.DisposeAsync();
        }
    }
}

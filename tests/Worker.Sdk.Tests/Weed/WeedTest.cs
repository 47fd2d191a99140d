using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>A scripted <c>weed admin</c> and the workers of one test; all end with it, in time.</summary>
public abstract class WeedTest(WeedMessages messages) : IClassFixture<WeedMessages>, IAsyncLifetime
{
    internal static readonly TimeSpan RegistrationTimeout = TimeSpan.FromSeconds(30);

    private readonly List<PluginWorker> _workers = [];
    private readonly List<WeedAdmin> _admins = [];

    /// <summary>The newest one.</summary>
    internal WeedAdmin Admin => _admins[^1];

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync().AsTask().InTimeAsync("the worker's dispose");
        }

        foreach (var admin in _admins)
        {
            await admin.DisposeAsync();
        }
    }

    internal async Task<WeedAdmin> StartAdminAsync(WeedSettings? settings = null)
    {
        var admin = await WeedAdmin.StartAsync(messages.Folder, settings ?? new WeedSettings());
        _admins.Add(admin);
        return admin;
    }

    internal PluginWorker Worker(Func<WorkerOptions, WorkerOptions>? change, params IReadOnlyList<IJobHandler> handlers)
    {
        var options = new WorkerOptions { Address = Admin.DottedAddress, WorkerId = "w-1", RegistrationTimeout = RegistrationTimeout };
        var worker = new PluginWorker(change?.Invoke(options) ?? options, handlers);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>A worker of these handlers that serves, its schemas all stored.</summary>
    internal async Task<PluginWorker> ConnectAsync(Func<WorkerOptions, WorkerOptions>? change, params IReadOnlyList<IJobHandler> handlers)
    {
        var worker = Worker(change, handlers);
        await worker.StartAsync().InTimeAsync("the worker's start");
        await DescribedAsync(handlers.Count);
        return worker;
    }

    internal Task<PluginWorker> ConnectAsync(params IReadOnlyList<IJobHandler> handlers) => ConnectAsync(null, handlers);

    internal async Task DescribedAsync(int count)
    {
        for (var n = 0; n < count; n++)
        {
            await Admin.NextAsync(Wire.WorkerToAdminMessage.BodyOneofCase.ConfigSchemaResponse);
        }
    }
}

using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>A real admin on free ports, and a stock worker as a process of its own.</summary>
public sealed class AdminWithWorker : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginctl").FullName;
    private AdminApp? _admin;
    private StockWorker? _worker;

    public string Address => _admin!.GrpcAddress;

    public IAdmin Admin => _admin!.Services.GetRequiredService<IAdmin>();

    public async Task InitializeAsync()
    {
        _admin = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        _worker = StockWorker.Start(Address, _folder);
        await ReadyAsync(Admin).InTimeAsync("the stock worker's forms are known");
    }

    public async Task DisposeAsync()
    {
        _worker?.Dispose();
        await _admin!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task ReadyAsync(IAdmin admin)
    {
        for (var version = -1L; ;)
        {
            (version, var views) = await admin.Views.NewerAsync(version, CancellationToken.None);
            // A worker's types come with its hello, all at once; their forms come one by one.
            if (views.Workers.Length > 0 && !views.JobTypes.IsEmpty && views.JobTypes.All(type => type.Descriptor is not null))
                return;
        }
    }
}

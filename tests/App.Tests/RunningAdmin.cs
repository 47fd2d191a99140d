using System.Net;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>The real admin on free ports, nothing on disk.</summary>
public sealed class RunningAdmin : IAsyncLifetime, IDisposable
{
    private AdminApp? _app;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public IAdmin Admin => _app!.Services.GetRequiredService<IAdmin>();

    public string GrpcAddress => _app!.GrpcAddress;

    public Uri Address => new(_app!.HttpAddress);

    public async Task InitializeAsync()
    {
        _app = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        Http.BaseAddress = Address;
    }

    public async Task DisposeAsync() => await _app!.DisposeAsync();

    public void Dispose() => Http.Dispose();

    /// <summary>Waits for the state to be as wanted; says what it waited for when it never is.</summary>
    public async Task UntilAsync(Func<Server.Core.Engine.AdminState, bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var version = -1L;
        try
        {
            while (true)
            {
                var (newest, state) = await Admin.States.NewerAsync(version, limit.Token);
                version = newest;
                if (condition(state))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"never happened: {what}");
        }
    }
}

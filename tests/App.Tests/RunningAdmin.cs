using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>The real admin on free ports, nothing on disk.</summary>
public class RunningAdmin : IAsyncLifetime, IDisposable
{
    private AdminApp? _app;

    /// <summary>No detection comes by itself into a test that is slow.</summary>
    protected virtual AdminOptions Core => new() { FirstDetectionDelay = TimeSpan.FromHours(1) };

    protected IServiceProvider Services => _app!.Services;

    protected virtual AppOptions Options => new() { Port = 0, GrpcPort = 0, Ephemeral = true };

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public IAdmin Admin => _app!.Services.GetRequiredService<IAdmin>();

    public IEnumerable<RouteEndpoint> Routes => _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    /// <summary>Huge things the admin keeps, wherever: state, read model, store, connections, logs.</summary>
    public IEnumerable<string> LargeThings() => Reach.LargeThings(
        Admin.States.Current.Value, Admin.Views.Current.Value, Admin, _app!.Services.GetRequiredService<IAdminStore>(), _app.Services.GetRequiredService<WorkerConnections>(), _app.Services.GetRequiredService<JobLogStore>(), _app.Services.GetRequiredService<Observations>());

    /// <summary>Where the output of jobs lies.</summary>
    public string LogFolder => _app!.Services.GetRequiredService<PassingFolder>().Path;

    public JobLogStore Logs => _app!.Services.GetRequiredService<JobLogStore>();

    public string GrpcAddress => _app!.GrpcAddress;

    public Uri Address => new(_app!.HttpAddress);

    /// <summary>Where people only look; there is none unless a test opens it.</summary>
    public Uri ViewAddress => new(_app!.ViewAddress!);

    public async Task InitializeAsync()
    {
        _app = await AdminApp.StartAsync(Options, Configure, Core);
        Http.BaseAddress = Address;
    }

    /// <summary>One that did not start leaves its own exception to be seen.</summary>
    public async Task DisposeAsync() => await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);

    public void Dispose()
    {
        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    public async Task<JsonElement> GetAsync(string path, int code = 200)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return await JsonOf(response, code);
    }

    public async Task<JsonElement> PostAsync(string path, string body = "", int code = 200)
    {
        using var content = body.Length > 0 ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
        return await JsonOf(response, code);
    }

    /// <summary>What a test changes in the admin it starts.</summary>
    protected virtual void Configure(IServiceCollection services) { }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response, int code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(code == (int)response.StatusCode, $"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Waits for the state to be as wanted; says what it waited for when it never is.</summary>
    public Task UntilAsync(Func<AdminState, bool> condition, string what) => FollowAsync(Admin.States, condition, what);

    /// <summary>The same for what pages and lists show, which follows the state a little later.</summary>
    public Task ViewsAsync(Func<ReadModel, bool> condition) => FollowAsync(Admin.Views, condition, "the read model follows");

    private static async Task FollowAsync<T>(Feed<T> feed, Func<T, bool> condition, string what)
        where T : class
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var version = -1L;
        try
        {
            while (true)
            {
                var (newest, value) = await feed.NewerAsync(version, limit.Token);
                version = newest;
                if (condition(value))
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

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>The real admin, sockets and all, on a clock that moves only when the test says so.</summary>
public sealed class TestAdmin : IAsyncDisposable
{
    /// <summary>Only keeps a broken build from hanging.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly DirectoryInfo? _folder;
    private readonly ScriptedMaster? _master;
    private AdminApp? _app;

    private TestAdmin(DirectoryInfo? folder, ScriptedMaster? master, ManualTimeProvider clock)
    {
        _folder = folder;
        _master = master;
        Clock = clock;
    }

    public ManualTimeProvider Clock { get; }

    public IAdmin Core => _app!.Services.GetRequiredService<IAdmin>();

    public AdminState State => Core.States.Current.Value;

    /// <summary>host:port for workers.</summary>
    public string Address { get; private set; } = "";

    public Uri Http { get; private set; } = new("http://127.0.0.1:0");

    /// <param name="durable">With a data folder, so that it can be started again.</param>
    public static async Task<TestAdmin> StartAsync(bool durable = false)
    {
        var admin = new TestAdmin(durable ? Directory.CreateTempSubdirectory("compatibility-") : null, null, new ManualTimeProvider());

        // What it is started again on must be free then.
        await admin.OpenAsync(durable ? Ports.Next() : 0, durable ? Ports.Next() : 0);
        return admin;
    }

    /// <summary>With a cluster, whose master lives by the same clock.</summary>
    public static async Task<TestAdmin> StartAsync(ScriptedMaster master, ManualTimeProvider clock)
    {
        var admin = new TestAdmin(null, master, clock);
        await admin.OpenAsync(0, 0);
        return admin;
    }

    /// <summary>Stops and starts again, on the same ports and what is on the disk.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await OpenAgainAsync();
    }

    public async Task StopAsync()
    {
        await _app!.DisposeAsync().AsTask().InTimeAsync("the stop of the admin", Patience);
        _app = null;
    }

    public Task OpenAgainAsync() => OpenAsync(Http.Port, int.Parse(Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await StopAsync();
        }

        _http.Dispose();
        _folder?.Delete(recursive: true);
    }

    /// <summary>Lets time pass at once. What became due by then has been done when this returns.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);

        // Whatever it says to this: its round begins with all that is due.
        await Core.SendAsync(new ForgetWorker(Actor.LocalRest, new WorkerId("nobody")), CancellationToken.None).InTimeAsync("a round of the engine", Patience);
    }

    /// <summary>Lets time pass while these workers go on with their heartbeats.</summary>
    public async Task PassAsync(TimeSpan time, params ForeignWorker[] alive)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(10))
        {
            await PassAsync(left < TimeSpan.FromSeconds(10) ? left : TimeSpan.FromSeconds(10));
            foreach (var worker in alive)
            {
                await BeatAsync(worker);
            }
        }
    }

    /// <summary>A heartbeat that has arrived.</summary>
    public async Task BeatAsync(ForeignWorker worker)
    {
        var before = SessionOf(worker)?.Heartbeat;
        await worker.BeatAsync();
        await UntilAsync(_ => SessionOf(worker)?.Heartbeat is { } now && !ReferenceEquals(now, before), $"a heartbeat of {worker.Id}");
    }

    public Server.Core.Sessions.Session? SessionOf(ForeignWorker worker) =>
        State.Workers.GetValueOrDefault(new WorkerId(worker.Id))?.Session is { } id ? State.Sessions.GetValueOrDefault(id) : null;

    /// <summary>Waits for the engine's state to be as wanted.</summary>
    public Task UntilAsync(Func<AdminState, bool> condition, string what) => FollowAsync(Core.States, state => Task.FromResult(condition(state)), () => what);

    /// <summary>Looks again whenever there is something newer, until it is as wanted.</summary>
    public static async Task FollowAsync<T>(Feed<T> feed, Func<T, Task<bool>> condition, Func<string> what)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        var version = -1L;
        try
        {
            while (true)
            {
                var (newest, value) = await feed.NewerAsync(version, limit.Token);
                version = newest;
                if (await condition(value))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Assert.Fail($"never happened: {what()}");
        }
    }

    public async Task<JsonElement> GetAsync(string path, int code = 200)
    {
        using var response = await _http.GetAsync(Api(path));
        return await JsonOf(response, code);
    }

    /// <summary>Lists and pages follow the state a little later: asks again whenever they have moved on.</summary>
    public async Task<JsonElement> GetAsync(string path, Func<JsonElement, bool> until)
    {
        var last = default(JsonElement);
        await FollowAsync(Core.Views, async _ => until(last = await GetAsync(path)), () => $"the wanted answer of {path}; the last was {last}");
        return last;
    }

    public async Task<JsonElement> PostAsync(string path, string body = "", int code = 200, CancellationToken hangUp = default)
    {
        using var content = body.Length > 0 ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        using var response = await _http.PostAsync(Api(path), content, hangUp);
        return await JsonOf(response, code);
    }

    public async Task<JsonElement> PutAsync(string path, string body, int code = 200)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PutAsync(Api(path), content);
        return await JsonOf(response, code);
    }

    public async Task DeleteAsync(string path, int code = 200)
    {
        using var response = await _http.DeleteAsync(Api(path));
        await JsonOf(response, code);
    }

    /// <summary>Changes numbers of a job type's runtime block, the rest stays.</summary>
    public async Task SetRuntimeAsync(string type, params (string Name, JsonNode Value)[] changes)
    {
        var config = JsonNode.Parse((await GetAsync($"job-types/{type}/config")).GetRawText())!.AsObject();
        foreach (var (name, value) in changes)
        {
            config["admin_runtime"]![name] = value;
        }

        await PutAsync($"job-types/{type}/config", config.ToJsonString());
    }

    /// <summary>Submits a job and does not wait for its end.</summary>
    public async Task SubmitAsync(string type, string id, string more = "", string beside = "") =>
        await PostAsync("jobs/execute?async=true", $$"""{"job":{"job_id":"{{id}}","job_type":"{{type}}"{{more}}}{{beside}}}""", 202);

    private Uri Api(string path) => new(Http, $"api/plugin/{path}");

    private async Task OpenAsync(int port, int grpcPort)
    {
        var options = new AppOptions { Port = port, GrpcPort = grpcPort, Ephemeral = _folder is null, DataDir = _folder?.FullName ?? "" };
        if (_master is not null && ServerAddress.TryParse(_master.Address, out var address))
        {
            options = options with { SeaweedFS = new SeaweedFSOptions { Masters = [address] } };
        }

        _app = await AdminApp.StartAsync(options, Configure).InTimeAsync("the start of the admin", Patience);
        Address = _app.GrpcAddress;
        Http = new Uri(_app.HttpAddress);
    }

    private void Configure(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock);

        // Lists follow the state at once; their pace is for people, and would never pass on this clock.
        services.AddSingleton(provider => new ReadModelPublisher(provider.GetRequiredService<AdminEngine>(), HurriedTime.Instance));
    }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response, int code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(code == (int)response.StatusCode, $"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private sealed class HurriedTime : TimeProvider
    {
        public static readonly HurriedTime Instance = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}

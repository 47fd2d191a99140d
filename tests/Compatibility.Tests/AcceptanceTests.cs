using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>A real admin for each test, and workers of other languages that connect to it. Each acceptance case is a test; the table is in <c>docs/compatibility.md</c>.</summary>
[Collection(nameof(PeerTests))]
public abstract class AcceptanceTests(Peers peers) : IAsyncLifetime
{
    private readonly List<ForeignWorker> _workers = [];

    protected TestAdmin Admin { get; private set; } = null!;

    protected virtual Task<TestAdmin> OpenAsync() => TestAdmin.StartAsync();

    public async Task InitializeAsync() => Admin = await OpenAsync();

    public async Task DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await Admin.DisposeAsync();
    }

    /// <summary>A worker that has dialled.</summary>
    protected async Task<ForeignWorker> DialAsync(Kind kind, WorkerScript script, string? address = null)
    {
        var worker = await ForeignWorker.StartAsync(peers, kind, address ?? Admin.Address, script);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>A worker that is greeted, has described its types and has beaten once.</summary>
    protected async Task<ForeignWorker> ConnectAsync(Kind kind, WorkerScript script)
    {
        var worker = await DialAsync(kind, script);
        await ReadyAsync(worker, script);
        return worker;
    }

    protected Task<ForeignWorker> GoAsync(params string[] types) => ConnectAsync(Kind.Go, WorkerScript.For(types.Length > 0 ? types : ["vacuum"]));

    protected Task<ForeignWorker> RustAsync(params string[] types) => ConnectAsync(Kind.Rust, WorkerScript.For(types.Length > 0 ? types : ["vacuum"]) with { ExecuteSlots = 1 });

    protected Task<ForeignWorker> AnyAsync(Kind kind, params string[] types) => kind == Kind.Go ? GoAsync(types) : RustAsync(types);

    protected async Task ReadyAsync(ForeignWorker worker, WorkerScript script)
    {
        await worker.GreetedAsync();
        await Admin.UntilAsync(state => script.Descriptors.Keys.All(type => state.JobTypes.GetValueOrDefault(type)?.Descriptor is not null), $"the descriptors of {worker.Id}");
        await Admin.UntilAsync(_ => Admin.SessionOf(worker) is { SchemaRequest: null, SchemaQueue.IsEmpty: true }, $"the session of {worker.Id}");
        await Admin.BeatAsync(worker);
    }

    protected Job? Open(string id) => Admin.State.Jobs.GetValueOrDefault(new JobId(id));

    /// <summary>The worker, as the admin knows it.</summary>
    protected Worker Known(ForeignWorker worker) => Admin.State.Workers[new WorkerId(worker.Id)];

    /// <summary>The job as the API shows it, once it is as wanted.</summary>
    protected async Task<JsonElement> JobAsync(string id, Func<JsonElement, bool> until)
    {
        var job = default(JsonElement);
        var version = -1L;
        while (true)
        {
            (version, _) = await Admin.Core.States.NewerAsync(version, CancellationToken.None).AsTask().InTimeAsync($"job {id} as wanted; it is {job}", TestAdmin.Patience);
            job = (await Admin.GetAsync($"jobs/{id}/detail")).GetProperty("job");
            if (until(job))
            {
                return job;
            }
        }
    }

    protected Task<JsonElement> JobAsync(string id, string state) => JobAsync(id, job => Text(job, "state") == $"job_state_{state}");

    protected static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    protected static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    protected static IEnumerable<string?> Texts(JsonElement list, string name) => list.EnumerateArray().Select(one => Text(one, name));
}

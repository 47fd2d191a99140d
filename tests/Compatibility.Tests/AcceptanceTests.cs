using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>A real admin for each test, and workers of other languages that connect to it. Each acceptance case is a test; the table is in <c>docs/compatibility.md</c>.</summary>
[Collection(nameof(PeerTests))]
public abstract class AcceptanceTests(Peers peers) : IAsyncLifetime
{
    /// <summary>Before a retry; the first pause, to which chance adds a little.</summary>
    protected static readonly TimeSpan Backoff = TimeSpan.FromSeconds(30);

    private readonly List<ForeignWorker> _workers = [];

    protected TestAdmin Admin { get; private set; } = null!;

    protected Peers Peers { get; } = peers;

    protected virtual Task<TestAdmin> OpenAsync() => TestAdmin.StartAsync();

    public async Task InitializeAsync() => Admin = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    protected virtual async Task CloseAsync()
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
        var worker = await ForeignWorker.StartAsync(Peers, Peers.Of(kind), kind, address ?? Admin.Address, script);
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

    /// <summary>The worker, as the admin knows it.</summary>
    protected Worker Known(ForeignWorker worker) => Admin.State.Workers[new WorkerId(worker.Id)];

    /// <summary>The job as the API shows it, once it is as wanted.</summary>
    protected async Task<JsonElement> JobAsync(string id, Func<JsonElement, bool> until)
    {
        var job = default(JsonElement);
        await TestAdmin.FollowAsync(
            Admin.Core.States, async _ => until(job = (await Admin.GetAsync($"jobs/{id}/detail")).GetProperty("job")), () => $"job {id} as wanted; it is {job}");
        return job;
    }

    protected Task<JsonElement> JobAsync(string id, string state) => JobAsync(id, job => Text(job, "state") == $"job_state_{state}");

    /// <summary>Why it ended, and how, in the API's words.</summary>
    protected static (string? State, string? Reason) EndOf(JsonElement job) => (Text(job, "state"), Text(job, "reason"));

    /// <summary>A detection by hand that queues what it finds; its request id, once it has ended.</summary>
    protected async Task<RunDetectionRequest> FoundAsync(ForeignWorker detector, string type, params JobProposal[] proposals)
    {
        await Admin.PostAsync($"job-types/{type}/run?async=true", "", 202);
        var asked = await detector.NextDetectionAsync();
        await detector.ProposeAsync(asked.RequestId, proposals);
        await EndedAsync(asked);
        return asked;
    }

    protected Task EndedAsync(RunDetectionRequest asked) =>
        Admin.UntilAsync(state => state.Detections.GetValueOrDefault(new RequestId(asked.RequestId)) is not { IsOpen: true }, $"the end of detection {asked.RequestId}");

    protected Task RetryAsync(int limit) => Admin.SetRuntimeAsync("vacuum", ("retry_limit", limit), ("retry_backoff_seconds", (int)Backoff.TotalSeconds));

    protected static async Task<(ForeignWorker Worker, ExecuteJobRequest Job)> EitherAsync(params ForeignWorker[] workers)
    {
        var (worker, message) = await ForeignWorker.EitherAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest, workers);
        return (worker, message.ExecuteJobRequest);
    }

    /// <summary>Whoever of these holds the role of the detector of vacuum.</summary>
    protected async Task<ForeignWorker> DetectorAsync(params ForeignWorker[] workers)
    {
        var detect = Admin.PostAsync("job-types/vacuum/detect");
        var (detector, asked) = await ForeignWorker.EitherAsync(AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest, workers);
        await detector.ProposeAsync(asked.RequestId);
        await detect;
        return detector;
    }

    /// <summary>Lines of the timeline, oldest first. Those that came alone are written a little later; that time passes here.</summary>
    protected async Task<IReadOnlyList<JsonElement>> LinesAsync(string query = "")
    {
        await Admin.PassAsync(TimeSpan.FromSeconds(1));
        return [.. (await Admin.GetAsync($"activities?limit=1000&{query}")).EnumerateArray().Reverse()];
    }

    protected static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    protected static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    protected static IEnumerable<string?> Texts(JsonElement list, string name) => list.EnumerateArray().Select(one => Text(one, name));
}

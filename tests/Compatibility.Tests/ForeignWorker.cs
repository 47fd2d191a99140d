using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

public enum Kind
{
    Go = 0,
    Rust = 1,
}

/// <summary>What a stream of a worker ended with, as the worker's own library says it.</summary>
public sealed record StreamEnd(int Code, string Text);

/// <summary>A worker in another language, played by a <see cref="PeerProcess"/>: what it is told to do, and what it received.</summary>
public sealed class ForeignWorker : IAsyncDisposable
{
    private readonly PeerProcess _process;
    private readonly Lock _gate = new();
    private readonly List<AdminToWorkerMessage> _received = [];
    private readonly List<StreamEnd> _ends = [];
    private readonly List<JsonElement> _reads = [];
    private readonly HashSet<AdminToWorkerMessage> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly int _describedTypes;
    private TaskCompletionSource _changed = NewSignal();
    private int _endsTaken;
    private bool _exited;

    private ForeignWorker(PeerProcess process, Kind kind, string name, string id, int describedTypes)
    {
        _process = process;
        Kind = kind;
        Name = name;
        Id = id;
        _describedTypes = describedTypes;
        process.Listen(name, Happened);
    }

    public Kind Kind { get; }

    /// <summary>Of the player; the id is what the admin is told.</summary>
    public string Name { get; }

    public string Id { get; }

    /// <summary>Everything it received so far, over all its streams.</summary>
    public IReadOnlyList<AdminToWorkerMessage> Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    public IEnumerable<AdminToWorkerMessage> Of(Body body) => Received.Where(message => message.BodyCase == body);

    public static async Task<ForeignWorker> StartAsync(Peers peers, PeerProcess process, Kind kind, string admin, WorkerScript script)
    {
        var name = peers.NextName(kind == Kind.Go ? "go" : "rust");
        var types = script.Capabilities.Where(one => one.JobType.Trim().Length > 0 && (one.CanDetect || one.CanExecute)).ToList();
        var worker = new ForeignWorker(process, kind, name, script.Id ?? name, types.Count);
        await worker.DoAsync("start", new JsonObject { ["options"] = script.Options(admin, worker.Id) });
        return worker;
    }

    /// <summary>The next message of this kind that no wait has had yet. Whoever gives a token says how long that may take.</summary>
    public async Task<AdminToWorkerMessage> NextAsync(Body body, Func<AdminToWorkerMessage, bool>? which = null, CancellationToken given = default)
    {
        AdminToWorkerMessage? found = null;
        await UntilAsync(
            () =>
            {
                found = _received.FirstOrDefault(message => message.BodyCase == body && !_taken.Contains(message) && (which is null || which(message)));
                return found is not null && _taken.Add(found);
            },
            $"a {body}",
            given);
        return found!;
    }

    /// <summary>The next message of this kind at whichever worker it comes to.</summary>
    public static async Task<(ForeignWorker Worker, AdminToWorkerMessage Message)> EitherAsync(Body body, params ForeignWorker[] workers)
    {
        using var found = new CancellationTokenSource();
        var first = await Task.WhenAny(workers.Select(async worker => (worker, await worker.NextAsync(body, null, found.Token))))
            .InTimeAsync($"a {body} at one of {string.Join(", ", workers.Select(worker => worker.Name))}", TestAdmin.Patience);
        await found.CancelAsync();
        return await first;
    }

    public Task<AdminToWorkerMessage> GreetedAsync() => NextAsync(Body.Hello);

    public async Task<RunDetectionRequest> NextDetectionAsync() => (await NextAsync(Body.RunDetectionRequest)).RunDetectionRequest;

    public async Task<ExecuteJobRequest> NextJobAsync() => (await NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest;

    public async Task<CancelRequest> NextCancelAsync() => (await NextAsync(Body.CancelRequest)).CancelRequest;

    /// <summary>The end of its next stream that ends.</summary>
    public async Task<StreamEnd> EndAsync()
    {
        StreamEnd? end = null;
        await UntilAsync(() => _ends.Count > _endsTaken && (end = _ends[_endsTaken++]) is not null, "the end of a stream");
        return end!;
    }

    /// <summary>What it made of the config of its next detection.</summary>
    public async Task<JsonElement> NextReadAsync()
    {
        await UntilAsync(() => _reads.Count > 0, "the reading of a config");
        lock (_gate)
        {
            var read = _reads[0];
            _reads.RemoveAt(0);
            return read;
        }
    }

    public bool HasExited
    {
        get
        {
            lock (_gate)
            {
                return _exited;
            }
        }
    }

    /// <summary>
    /// Everything this worker said so far has been stepped, and everything sent to it before has been received: a second
    /// hello is answered by questions for every descriptor, behind all of that.
    /// </summary>
    public async Task SettleAsync()
    {
        var before = Of(Body.RequestConfigSchema).Count();
        await DoAsync("hello", new JsonObject { ["instance"] = "settling" });
        await UntilAsync(() => _received.Count(message => message.BodyCase == Body.RequestConfigSchema) >= before + _describedTypes, "the questions after a second hello");
    }

    /// <summary>Ends a detection that is held: with proposals, batch by batch, or an error.</summary>
    public Task ProposeAsync(string request, params JobProposal[] proposals) => AnswerAsync(request, new DetectionScript([[.. proposals]]));

    public Task AnswerAsync(string request, DetectionScript script) => DoAsync("propose", new JsonObject { ["id"] = request, ["script"] = script.ToJson() });

    public Task SucceedAsync(ExecuteJobRequest job, string summary = "done") => FinishAsync(job.Job.JobId, true, summary);

    public Task FailAsync(ExecuteJobRequest job, string error) => FinishAsync(job.Job.JobId, false, error);

    /// <summary>Ends work as it likes, with a completion of the test's own.</summary>
    public Task CompleteAsync(ExecuteJobRequest job, JobCompleted completed) => DoAsync("finish", new JsonObject
    {
        ["job"] = job.Job.JobId,
        ["success"] = completed.Success,
        ["text"] = "",
        ["message"] = Encoded(new WorkerToAdminMessage { JobCompleted = completed }),
    });

    public Task SendAsync(WorkerToAdminMessage message) => DoAsync("send", new JsonObject { ["message"] = Encoded(message) });

    public Task SendAsync(JobProgressUpdate progress) => SendAsync(new WorkerToAdminMessage { JobProgressUpdate = progress });

    public Task SendAsync(JobCompleted completed) => SendAsync(new WorkerToAdminMessage { JobCompleted = completed });

    /// <summary>A heartbeat now, besides those at its own rhythm.</summary>
    public Task BeatAsync(JsonObject? changes = null) => DoAsync("beat", new JsonObject { ["changes"] = changes ?? [] });

    /// <summary>Changes how it behaves from now on.</summary>
    public Task ScriptAsync(JsonObject options) => DoAsync("script", new JsonObject { ["options"] = options });

    /// <summary>Loses a job without a word.</summary>
    public Task ForgetAsync(string job) => DoAsync("forget", new JsonObject { ["id"] = job });

    /// <summary>The stream breaks; the worker dials again.</summary>
    public Task DropAsync() => DoAsync("drop", null);

    /// <summary>The worker ends its stream in order.</summary>
    public Task HalfCloseAsync() => DoAsync("end", null);

    /// <summary>The process is gone.</summary>
    public Task StopAsync() => DoAsync("stop", null);

    public async ValueTask DisposeAsync() => await StopAsync();

    public static string Encoded(WorkerToAdminMessage message) => Convert.ToBase64String(message.ToByteArray());

    private Task FinishAsync(string job, bool success, string text) =>
        DoAsync("finish", new JsonObject { ["job"] = job, ["success"] = success, ["text"] = text });

    private Task DoAsync(string what, JsonObject? command) => _process.DoAsync(what, Name, command);

    private void Happened(JsonElement happened)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            switch (happened.GetProperty("event").GetString())
            {
                case "got":
                    _received.Add(AdminToWorkerMessage.Parser.ParseFrom(happened.GetProperty("bytes").GetBytesFromBase64()));
                    break;
                case "ended":
                    _ends.Add(new StreamEnd(happened.GetProperty("code").GetInt32(), happened.GetProperty("text").GetString()!));
                    break;
                case "read":
                    _reads.Add(happened.GetProperty("values"));
                    break;
                case "exited":
                    _exited = true;
                    break;
            }

            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private Task UntilAsync(Func<bool> condition, string what, CancellationToken given = default)
    {
        var wait = HappensAsync(condition, given);
        return wait.IsCompletedSuccessfully ? wait : WaitAsync();

        async Task WaitAsync()
        {
            try
            {
                await wait.WaitAsync(given.CanBeCanceled ? Timeout.InfiniteTimeSpan : TestAdmin.Patience, TimeProvider.System, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{what} never came to {Name}, which received {string.Join(", ", Received.TakeLast(10).Select(message => message.BodyCase))}");
            }
        }
    }

    private async Task HappensAsync(Func<bool> condition, CancellationToken given)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition())
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(given);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Admin;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>One run of one case: its admins, its worker processes, all ended with it.</summary>
internal sealed class CaseRun(KitOptions options, string command, Personality personality, Fault fault) : IAsyncDisposable
{
    /// <summary>Beyond that a pause proves nothing more, and only takes longer.</summary>
    private const double MostSeconds = 20;

    private readonly List<ScriptedAdmin> _admins = [];
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<IAsyncDisposable> _others = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-").FullName;
    private TimeSpan _startUp;
    private TimeSpan? _startingSince;

    public CaseClock Clock { get; } = new(options.Patience);

    public Personality Personality { get; } = personality;

    public KitOptions Options { get; } = options;

    public string Sdk { get; private set; } = "";

    /// <summary>How long this case has waited for worker processes to come up.</summary>
    public TimeSpan StartUp => _startUp + (_startingSince is { } since ? Clock.Now - since : TimeSpan.Zero);

    /// <summary>How long a handler is to be busy so that the case finds it at work, on a slow machine too.</summary>
    public long Busy(double seconds) => (long)(1000 * Math.Max(seconds, Math.Min(MostSeconds, Clock.Patient(seconds).TotalSeconds)));

    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    public async Task<ScriptedAdmin> AdminAsync(Personality? other = null, int port = 0, bool hasSmallWindow = false)
    {
        var admin = hasSmallWindow
            ? await ScriptedAdmin.StartAsync(other ?? Personality, Clock, port, fault.Hear, ScriptedAdmin.SmallWindow)
            : await ScriptedAdmin.StartAsync(other ?? Personality, Clock, port, fault.Hear);
        _admins.Add(admin);
        return admin;
    }

    /// <summary>Stands between that admin and the worker.</summary>
    public Relay Relay(ScriptedAdmin admin, TimeSpan shortestPause = default) => Own(new Relay(admin.Port, Clock) { ShortestPause = shortestPause, Times = fault.Pings });

    public T Own<T>(T thing)
        where T : IAsyncDisposable
    {
        _others.Add(thing);
        return thing;
    }

    /// <summary>A worker process that is told where the admin is.</summary>
    /// <param name="hasOwnTimeout">Its RegistrationTimeout and ResumeWindow are the SDK's, on a slow machine too.</param>
    public async Task<WorkerProcess> WorkerAsync(string? address, JsonObject? more = null, IReadOnlyDictionary<string, string>? environment = null, bool hasOwnTimeout = false)
    {
        _startingSince = Clock.Now;
        var worker = await WorkerProcess.StartAsync(command, Clock, environment ?? new Dictionary<string, string>(), fault);
        (_startUp, _startingSince) = (StartUp, null);
        _workers.Add(worker);
        Sdk = worker.Sdk;
        var set = new JsonObject { ["state_dir"] = NewFolder("worker") };
        if (address is not null)
        {
            set["address"] = address;
            set["worker_id"] = "conf-worker";
        }

        if (Options.Patience > 1 && !hasOwnTimeout)
        {
            set["registration_timeout_ms"] = Clock.Patient(5).TotalMilliseconds;
            set["resume_window_ms"] = Clock.Patient(15).TotalMilliseconds;
        }

        foreach (var (name, value) in more ?? [])
        {
            set[name] = value?.DeepClone();
        }

        fault.IsSet(set);
        var answer = await worker.DoAsync("set", 10, set);
        if (answer.Error == "Unsupported")
        {
            throw new CaseSkipped(answer.Text("text"));
        }

        answer.Ok();
        return worker;
    }

    /// <summary>Admin and worker, connected.</summary>
    public async Task<Link> ConnectAsync(JsonObject? more = null, Action<Wire.AdminHello>? change = null)
    {
        var admin = await AdminAsync();
        var worker = await WorkerAsync(admin.Address, more);
        return await ConnectAsync(admin, worker, 1, change);
    }

    /// <summary>Starts the worker and accepts its n-th stream.</summary>
    public static async Task<Link> ConnectAsync(ScriptedAdmin admin, WorkerProcess worker, int number, Action<Wire.AdminHello>? change = null)
    {
        var starting = worker.DoAsync("start", 15);
        var stream = await Either(admin.StreamAsync(number), starting);
        await stream.GreetAsync(change);
        (await starting).Ok();
        return new Link(admin, worker, stream);
    }

    /// <summary>What holds in every case, whatever else it checks. The workers are stopped for it.</summary>
    /// <exception cref="CaseFailure">It did not.</exception>
    public async Task CheckAlwaysAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.CheckClosesAsync();
        }

        CheckMessages();
    }

    /// <summary>What holds for each message, of every case.</summary>
    /// <exception cref="CaseFailure">It did not.</exception>
    public void CheckMessages()
    {
        foreach (var stream in _admins.SelectMany(admin => admin.Streams.From()).Select(entry => entry.Item))
        {
            foreach (var message in stream.Said.From().Select(entry => entry.Item))
            {
                Expect.True(message.WorkerId.Length > 0 && message.SentAt is not null, "worker_id and sent_at in every envelope", message.BodyCase);
                Expect.True(message.JobCompleted is not { JobId.Length: > 0 } completed || (completed.JobType.Length > 0 && completed.CompletedAt is not null), "job_type and completed_at in every completion", message.JobCompleted);
                Expect.True(message.JobProgressUpdate is not { State: not Wire.JobState.Running }, "state RUNNING in every progress message", message.JobProgressUpdate);
                Expect.True(!stream.IsWithoutExtensions || WireCheck.Stranger(message) is null, "no field from 100 on for an admin without extensions", $"{WireCheck.Stranger(message)} in {message.BodyCase}");
            }
        }
    }

    public IEnumerable<string> Trace(int most) => _admins
        .SelectMany(admin => admin.Streams.From().SelectMany((entry, index) => entry.Item.Said.Lines(most).Concat(entry.Item.Told.Lines(most)).Select(line => (line.At, Line: $"stream {index + 1}, {line.Line}"))))
        .Concat(_workers.SelectMany(worker => worker.Events.Lines(most)))
        .OrderBy(line => line.At)
        .TakeLast(most)
        .Select(line => FormattableString.Invariant($"{line.At.TotalSeconds,8:0.000} {line.Line}"))
        .Concat(_workers.SelectMany(worker => worker.Errors).TakeLast(most).Select(line => "  stderr " + line));

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        foreach (var admin in _admins)
        {
            await admin.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A start that fails is told instead of a stream that does not come.</summary>
    private static async Task<AdminStream> Either(Task<AdminStream> stream, Task<Answer> starting)
    {
        if (await Task.WhenAny(stream, starting) == starting && !stream.IsCompleted)
        {
            (await starting).Ok();
        }

        return await stream;
    }
}

/// <summary>An admin, a worker, and their stream.</summary>
internal sealed record Link(ScriptedAdmin Admin, WorkerProcess Worker, AdminStream Stream);

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>The real engine on a manual clock: everything happens on the test's thread, when the test says so.</summary>
public sealed class AdminHarness : IDisposable
{
    private AdminEngine _engine;
    private long _lastSession;
    private int _processes;

    public AdminHarness(IAdminStore? store = null, AdminOptions? options = null)
    {
        Store = store ?? new InMemoryAdminStore();
        Options = options ?? new AdminOptions();
        try
        {
            _engine = Open();
        }
        catch
        {
            // Nobody else can: what a store does by itself would go on, in a folder that the test takes away.
            Store.Dispose();
            throw;
        }
    }

    public ManualTimeProvider Time { get; } = new();

    public IAdminStore Store { get; }

    public AdminOptions Options { get; }

    public RecordingLink Link { get; private set; } = new();

    public RecordingLock Lock { get; } = new();

    public JobJournal Journal => _engine.Journal;

    public AdminState State => _engine.States.Current.Value;

    /// <summary>The instant a step would see.</summary>
    public Now Now => _engine.Now();

    /// <summary>Rounds until nothing is left to do.</summary>
    public void Settle()
    {
        for (var rounds = 0; _engine.Round(); rounds++)
        {
            if (rounds > 10_000)
            {
                throw new InvalidOperationException("the engine does not come to rest");
            }
        }
    }

    public void Advance(TimeSpan by)
    {
        // In steps, so that what becomes due on the way is done when it is due.
        for (var left = by; left > TimeSpan.Zero;)
        {
            var step = left < TimeSpan.FromMilliseconds(250) ? left : TimeSpan.FromMilliseconds(250);
            Time.Advance(step);
            Settle();
            left -= step;
        }
    }

    public void Post(Input input)
    {
        if (!_engine.Inbox.ReportAsync(new Letter(input, null), CancellationToken.None).AsTask().IsCompleted)
        {
            throw new InvalidOperationException("the inbox is full");
        }

        Settle();
    }

    public Reply<T> Send<T>(Command<T> command)
    {
        if ((object)command is SubmitJob submission)
        {
            command = (Command<T>)(object)KeyLookup.FillAsync(submission, State, Store.History, CancellationToken.None).GetAwaiter().GetResult();
        }

        if ((object)command is SubmitGroup group)
        {
            command = (Command<T>)(object)KeyLookup.FillAsync(group, State, Store.History, CancellationToken.None).GetAwaiter().GetResult();
        }

        Reply<T>? answer = null;
        _engine.Inbox.TryCommand(new Letter(command, reply => answer = reply as Reply<T> ?? (Refusal)reply));
        Settle();
        return answer ?? throw new InvalidOperationException("no reply came");
    }

    /// <summary>The process dies and another one opens the same store.</summary>
    public void Restart()
    {
        _engine.Dispose();
        Link = new RecordingLink();
        _engine = Open();
        Settle();
    }

    /// <summary>The process that was started last can be reached now.</summary>
    public void Listen()
    {
        _engine.Listen();
        Settle();
    }

    public SessionId NextSession() => new(++_lastSession);

    /// <summary>How long the engine would sleep now; null: until something comes.</summary>
    public TimeSpan? UntilNextRound => _engine.UntilNextRound();

    /// <param name="jobType">Several with commas between them.</param>
    public FakeWorker Connect(string id = "w-1", string jobType = "echo", int slots = 4, bool ours = true, bool detects = true, string instance = "i-1", params RunningWork[] running)
    {
        var session = NextSession();
        var metadata = ours ? ImmutableSortedDictionary<string, string>.Empty.Add("extensions", "ack,resume,log") : ImmutableSortedDictionary<string, string>.Empty;
        Post(new WorkerInput.Hello(
            session, new WorkerId(id), instance, "", $"127.0.0.1:{1000 + _lastSession}", "1", "plugin.v1", [.. jobType.Split(',').Select(type => new Capability(type, detects, true, 1, slots, type, "", 0))], metadata, [.. running]));
        return new FakeWorker(this, session, id, jobType);
    }

    /// <summary>A worker whose descriptor the admin knows.</summary>
    public FakeWorker ConnectDescribed(string id = "w-1", string jobType = "echo", int slots = 4, bool ours = true, RuntimeSettings? runtime = null)
    {
        var worker = Connect(id, jobType, slots, ours);
        worker.Describe(runtime);
        return worker;
    }

    public Job Submit(string jobType = "echo", int priority = 50, Func<SubmitJob, SubmitJob>? change = null)
    {
        var command = new SubmitJob(Actor.LocalRest, jobType, JobOrigin.Rest, JobPayload.Empty, Priority: priority);
        var reply = Send(change?.Invoke(command) ?? command);
        return reply.Value?.Job ?? throw new InvalidOperationException(reply.Refusal!.Text);
    }

    public async Task<Job> JobAsync(JobId id) => (await Store.History.JobAsync(id, CancellationToken.None))!.Job;

    public void Dispose()
    {
        _engine.Dispose();
        Store.Dispose();
    }

    private AdminEngine Open()
    {
        var engine = new AdminEngine(Store, Link, Lock, Options, Time, new IdSource(new Random(++_processes)), NullLogger<AdminEngine>.Instance);
        engine.Open();
        return engine;
    }
}

/// <summary>Remembers what was sent and closed; can be told to take nothing.</summary>
public sealed class RecordingLink : IWorkerLink
{
    public List<(SessionId Session, Outbound Message)> Sent { get; } = [];

    public List<(SessionId Session, SessionEnd End)> Closed { get; } = [];

    public HashSet<SessionId> Deaf { get; } = [];

    public bool TrySend(SessionId session, Outbound message)
    {
        if (Deaf.Contains(session))
        {
            return false;
        }

        Sent.Add((session, message));
        return true;
    }

    public void Close(SessionId session, SessionEnd end) => Closed.Add((session, end));

    public IEnumerable<T> To<T>(SessionId session)
        where T : Outbound => Sent.Where(pair => pair.Session == session).Select(pair => pair.Message).OfType<T>();
}

/// <summary>One session, as a test plays it.</summary>
public sealed class FakeWorker(AdminHarness admin, SessionId session, string id, string jobType)
{
    public SessionId Session { get; } = session;

    public WorkerId Id { get; } = new(id);

    public Outbound.ExecuteJob LastJob => admin.Link.To<Outbound.ExecuteJob>(Session).Last();

    public IEnumerable<Outbound.ExecuteJob> Jobs => admin.Link.To<Outbound.ExecuteJob>(Session);

    public Outbound.RunDetection LastDetection => admin.Link.To<Outbound.RunDetection>(Session).Last();

    /// <summary>Answers for each of its job types, one question after the other.</summary>
    public void Describe(RuntimeSettings? runtime = null, Func<Descriptor, Descriptor>? change = null)
    {
        foreach (var type in jobType.Split(',').Order(StringComparer.Ordinal))
        {
            var descriptor = new Descriptor
            {
                JobType = type,
                DisplayName = type,
                Version = 1,
                RuntimeDefaults = runtime ?? new RuntimeSettings { Enabled = false, GlobalExecutionConcurrency = 100, PerWorkerExecutionConcurrency = 100, RetryLimit = 1, RetryBackoffSeconds = 10 },
            };
            var request = admin.Link.To<Outbound.RequestSchema>(Session).Last();
            admin.Post(new WorkerInput.SchemaAnswered(Session, request.RequestId, type, true, "", change?.Invoke(descriptor) ?? descriptor));
        }
    }

    public void Ack(Outbound.ExecuteJob job, bool accepted = true, string text = "") => admin.Post(new WorkerInput.Acknowledged(Session, job.RequestId, accepted, text));

    public void Progress(Outbound.ExecuteJob job, double percent, string stage = "working") =>
        admin.Post(new WorkerInput.Progressed(Session, job.RequestId, job.Job.Id, jobType, percent, stage, "", []));

    public void Complete(Outbound.ExecuteJob job, bool success = true, string error = "", bool permanent = false, long? exitCode = null) => admin.Post(new WorkerInput.Completed(
        Session, job.RequestId, job.Job.Id, jobType, success, error,
        new JobResult(success ? "done" : "", Outputs(permanent, exitCode)), [], null));

    private static ConfigValues Outputs(bool permanent, long? exitCode)
    {
        var outputs = permanent ? ConfigValues.Empty.With("error_class", new ConfigValue.Text("permanent")) : ConfigValues.Empty;
        return exitCode is { } code ? outputs.With("exit_code", new ConfigValue.Int64(code)) : outputs;
    }

    public void Beat(params RunningWork[] work) => Beat(ImmutableSortedDictionary<string, string>.Empty, work);

    public void Beat(ImmutableSortedDictionary<string, string> metadata, params RunningWork[] work) =>
        admin.Post(new WorkerInput.Beat(Session, new Heartbeat(admin.Time.GetUtcNow(), [.. work], 0, 1, work.Length, 4, metadata)));

    public void Propose(Outbound.RunDetection detection, bool hasMore, params string[] keys) => admin.Post(new WorkerInput.Proposed(
        Session, detection.RequestId, jobType, [.. keys.Select(key => Proposal(key))], hasMore));

    public void EndDetection(Outbound.RunDetection detection, bool success = true, string error = "", int total = 0) =>
        admin.Post(new WorkerInput.DetectionEnded(Session, detection.RequestId, jobType, success, error, total));

    public void Drop() => admin.Post(new WorkerInput.Ended(Session, "the stream broke"));

    public static Proposal Proposal(string key, string summary = "") =>
        new($"p-{key}", key, "", 50, summary.Length > 0 ? summary : $"work on {key}", "", ConfigValues.Empty, ImmutableSortedDictionary<string, string>.Empty, null, null);
}

/// <summary>Remembers what the engine wanted of the cluster lock.</summary>
public sealed class RecordingLock : ILaneLock
{
    public List<bool> Wishes { get; } = [];

    public void Hold(bool wanted) => Wishes.Add(wanted);
}

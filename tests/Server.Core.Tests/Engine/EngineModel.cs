using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

/// <summary>One thing that happens; <paramref name="A"/> and <paramref name="B"/> choose among what there is.</summary>
public sealed record ModelStep(int Kind, int A, int B);

/// <summary>
/// Plays random steps against the real engine: workers of ours and foreign ones, two processes under one id, people,
/// clocks, full disks, crashes before and after a commit. After every step <see cref="EngineRecount"/> counts everything again.
/// </summary>
internal sealed class EngineModel : IDisposable
{
    private static readonly RuntimeSettings Runtime = new()
    {
        Enabled = true,
        DetectionIntervalMinutes = 1,
        DetectionTimeoutSeconds = 20,
        MaxJobsPerDetection = 3,
        GlobalExecutionConcurrency = 4,
        PerWorkerExecutionConcurrency = 2,
        RetryLimit = 1,
        RetryBackoffSeconds = 2,
        ExecutionTimeoutSeconds = 90,
    };

    // Two processes use the id w-0: that happens.
    private readonly ModelProcess[] _processes = [new("w-0", ours: true), new("w-1", ours: true), new("w-2", ours: false), new("w-0", ours: true)];
    private readonly FaultyStore _store;
    private readonly AdminHarness _admin;
    private readonly EngineRecount _recount;
    private readonly List<JobId> _submitted = [];
    private int _read;
    private int _instance;
    private int _wishes;
    private bool _lockHeld;

    /// <summary>Both types in one serialised lane under the cluster lock, one of them exclusive.</summary>
    public static AdminOptions Locked => new()
    {
        WatchesCluster = true,
        Lanes = new LaneSettings
        {
            Lanes = [new LaneRules("volumes") { Serialise = true, ClusterLock = true }, new LaneRules(LaneSettings.General)],
            Types = ImmutableDictionary.CreateRange(new Dictionary<string, TypeRules>
            {
                ["copy"] = new() { Lane = "volumes", Supersedes = true, Gated = true, NeedsCluster = true },
                ["echo"] = new() { Lane = "volumes", Gated = true, Exclusive = true },
            }),
        },
    };

    public EngineModel(FaultyStore store, Func<StoredState> stored, AdminOptions? options = null)
    {
        _store = store;
        _admin = new AdminHarness(store, options);
        _recount = new EngineRecount(_admin, stored);
        Watch();
        Hello(_processes[1]);
        Receive();
    }

    public void Apply(ModelStep step)
    {
        try
        {
            Do(step);
            Receive();
        }
        catch (CommitLostException)
        {
            Crash();
        }

        _recount.Check(_submitted);
    }

    /// <summary>Everything is well again, with one worker for all: whatever has not ended must now end.</summary>
    public void Heal()
    {
        (_store.IsFull, _store.Next) = (false, CommitFault.None);
        Pass(TimeSpan.FromSeconds(2));
        Crash();
        foreach (var type in ModelProcess.JobTypes)
        {
            _admin.Send(new PauseJobType(Actor.LocalUi, type, false, "", null));
        }

        var process = _processes[1];
        process.Disconnect(killed: true);
        _admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId(process.Id), false, ""));
        _admin.Post(process.Hello(_admin.NextSession(), ++_instance));

        for (var rounds = 0; !_admin.State.Jobs.IsEmpty; rounds++)
        {
            Assert.True(rounds < 2_000, $"never ends: {string.Join("; ", _admin.State.Jobs.Values.Take(5).Select(EngineRecount.Text))}");
            Receive();
            TakeLock();
            foreach (var job in process.Running.ToList())
            {
                Complete(process, job, 0);
            }

            foreach (var detection in process.Detections.ToList())
            {
                process.Detections.Remove(detection);
                _admin.Post(new WorkerInput.DetectionEnded(process.Session!.Value, detection.RequestId, detection.JobType, true, "", 0));
            }

            _admin.Post(process.Beat(process.Session!.Value, _admin.Time.GetUtcNow()));
            Pass(TimeSpan.FromSeconds(10));
        }

        _recount.Check(_submitted);
        _recount.CheckAllEnded(_submitted);
    }

    public void Dispose() => _admin.Dispose();

    private void Do(ModelStep step)
    {
        var process = _processes[step.A % _processes.Length];
        switch (step.Kind)
        {
            case 0 or 1 or 2 or 3:
                Submit(step);
                break;
            case 4 or 5 or 6:
                Hello(process);
                break;
            case 7:
                Drop(process, killed: step.B % 2 == 0);
                break;
            case 8 or 9 or 10:
                With(process.Running, step.B, job => _admin.Post(new WorkerInput.Acknowledged(Stream(process, step.B), job.RequestId, step.B % 4 != 0, step.B % 8 == 0 ? "executor is at capacity" : "not mine")));
                break;
            case 11:
                With(process.Running, step.B, job => _admin.Post(new WorkerInput.Progressed(Stream(process, step.B), job.RequestId, job.Job.Id, job.Job.JobType, step.B % 7 == 0 ? double.NaN : step.B % 130, "stage", "", [])));
                break;
            case 12 or 13 or 14 or 15 or 16:
                With(process.Running, step.B, job => Complete(process, job, step.B % 10));
                break;
            case 17:
                Repeat(process, step.B);
                break;
            case 18 or 19 or 20:
                Pass(TimeSpan.FromMilliseconds(step.B % 5 == 0 ? 40_000 : (step.A % 50 * 100) + 1));
                break;
            case 21:
                if (process.Session is { } session)
                {
                    _admin.Post(process.Beat(session, _admin.Time.GetUtcNow()));
                }

                break;
            case 22:
                Ask(step);
                break;
            case 23:
                _admin.Send(new RequestDetection(Actor.LocalUi, ModelProcess.JobTypes[step.A % 2], (DetectionMode)(step.B % 4)));
                break;
            case 24 or 25:
                With(process.Detections, step.B, detection => Propose(process, detection, step.B));
                break;
            case 26:
                _admin.Send(new PauseJobType(Actor.LocalUi, ModelProcess.JobTypes[step.A % 2], step.B % 2 == 0, "", step.B % 4 == 0 ? _admin.Time.GetUtcNow().AddSeconds(30) : null));
                break;
            case 27:
                _admin.Send(new DrainWorker(Actor.LocalUi, new WorkerId(process.Id), step.B % 2 == 0, ""));
                break;
            case 28:
                _store.IsFull = step.B % 2 == 0;
                break;
            case 29:
                _admin.Time.Jump(TimeSpan.FromMinutes((step.B % 120) - 60));
                _admin.Settle();
                break;
            case 30:
                _store.Next = step.B % 2 == 0 ? CommitFault.LostBefore : CommitFault.LostAfter;
                break;
            case 31:
                Crash();
                break;
            case 32:
                if (process.Session is { } deaf && !_admin.Link.Deaf.Remove(deaf))
                {
                    _admin.Link.Deaf.Add(deaf);
                }

                break;
            case 33 or 34:
                TakeLock();
                break;
            case 35:
                LoseLock(step.B);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Kind, "no such step");
        }
    }

    public const int Kinds = 36;

    private void Submit(ModelStep step)
    {
        var now = _admin.Time.GetUtcNow();
        var reply = _admin.Send(new SubmitJob(
            Actor.LocalRest, ModelProcess.JobTypes[step.A % 2], JobOrigin.Rest, JobPayload.Empty, "", step.B % 101,
            DedupeKey: step.A % 5 == 0 ? $"key-{step.B % 4}" : "",
            NotBefore: step.B % 6 == 0 ? now.AddSeconds(step.A % 60) : null,
            ExpiresAt: step.B % 7 == 0 ? now.AddSeconds(1 + (step.A % 90)) : null,
            AttemptTimeout: step.B % 3 == 0 ? TimeSpan.FromSeconds(1 + (step.A % 20)) : null,
            RetryLimit: step.A % 4 == 3 ? null : step.A % 4)
        {
            IdempotencyKey = step.A % 3 == 0 ? $"key-{step.B % 8}" : "",
            Deadline = step.B % 5 == 0 ? now.AddSeconds(60 + (step.A % 90)) : null,
            RetryBackoff = step.B % 9 == 0 ? TimeSpan.FromSeconds(step.A % 9) : null,
        });
        if (reply.Value is { Job: var job, Existing: false })
        {
            _submitted.Add(job.Id);
        }
    }

    private void Ask(ModelStep step)
    {
        if (_submitted.Count == 0)
        {
            return;
        }

        var job = _submitted[step.A % _submitted.Count];
        _ = (step.B % 6) switch
        {
            0 or 1 => _admin.Send(new CancelJob(Actor.LocalUi, job, "no need")),
            2 => _admin.Send(new CancelJob(Actor.LocalUi, job, "now", Force: true)),
            3 => _admin.Send(new ExpireJob(Actor.LocalUi, job, "too old")),
            4 => _admin.Send(new RetryNow(Actor.LocalUi, job)),
            _ => _admin.Send(new SetPriority(Actor.LocalUi, job, step.B % 101)),
        };
    }

    private void Hello(ModelProcess process)
    {
        if (process.Session is { } old)
        {
            process.Former.Add(old);
        }

        _admin.Post(process.Hello(_admin.NextSession(), ++_instance));
        foreach (var completion in process.Kept.ToList())
        {
            _recount.Reported(completion, process.Id);
            _admin.Post(completion with { Session = process.Session!.Value });
        }
    }

    private void Drop(ModelProcess process, bool killed)
    {
        var session = process.Session;
        process.Disconnect(killed);
        if (session is { } ended)
        {
            _admin.Post(new WorkerInput.Ended(ended, "the stream broke"));
        }
    }

    private void Complete(ModelProcess process, Outbound.ExecuteJob job, int how)
    {
        process.Running.Remove(job);
        var completion = ModelProcess.Completion(process.Session ?? default, job, how);
        if (process.Ours)
        {
            process.Kept.Add(completion);
        }

        if (process.Session is not null)
        {
            _recount.Reported(completion, process.Id);
            _admin.Post(completion);
        }
    }

    /// <summary>Says again, or from a stream that is gone, or about somebody else's work, what means nothing any more.</summary>
    private void Repeat(ModelProcess process, int choice)
    {
        var other = _processes[choice % _processes.Length];
        if (process.Session is { } session && other.Running.Count > 0 && other.Id != process.Id)
        {
            _admin.Post(ModelProcess.Completion(session, other.Running[choice % other.Running.Count], 0));
        }

        if (process.Former.Count > 0 && process.Running.Count > 0)
        {
            var completion = ModelProcess.Completion(process.Former[choice % process.Former.Count], process.Running[0], 0);
            if (_admin.State.Sessions.ContainsKey(completion.Session))
            {
                // It came back too often and was refused: for the admin, this stream is its last.
                _recount.Reported(completion, process.Id);
            }

            _admin.Post(completion);
        }
    }

    private void Propose(ModelProcess process, Outbound.RunDetection detection, int choice)
    {
        if (process.Session is not { } session)
        {
            return;
        }

        if (choice % 3 > 0)
        {
            _admin.Post(new WorkerInput.Proposed(session, detection.RequestId, detection.JobType, [.. Enumerable.Range(choice % 7, 1 + (choice % 4)).Select(n => FakeWorker.Proposal($"key-{n % 8}"))], true));
        }
        else
        {
            process.Detections.Remove(detection);
            _admin.Post(new WorkerInput.DetectionEnded(session, detection.RequestId, detection.JobType, choice % 2 == 0, "", 0));
        }
    }

    /// <summary>The admin dies and the next one opens the store; streams are gone, processes are not.</summary>
    private void Crash()
    {
        var full = _store.IsFull;
        (_store.IsFull, _store.Next) = (false, CommitFault.None);
        foreach (var process in _processes)
        {
            process.Disconnect(killed: false);
        }

        _read = 0;
        _recount.Restarting();
        _admin.Restart();
        Watch();
        _store.IsFull = full;
    }

    /// <summary>A cluster is there, and this admin its scheduler.</summary>
    private void Watch()
    {
        (_wishes, _lockHeld) = (_admin.Lock.Wishes.Count, false);
        if (_admin.Options.WatchesCluster)
        {
            _admin.Post(new ClusterInput.Presence(""));
            _admin.Post(new ClusterInput.Looked(new ClusterReport(new ClusterContext { MasterGrpcAddresses = ["m:9333"] }, "", _admin.Time.GetUtcNow())));
        }
    }

    /// <summary>Gives the engine what it asked for since the last time.</summary>
    private void TakeLock()
    {
        for (; _wishes < _admin.Lock.Wishes.Count; _wishes++)
        {
            _lockHeld = _admin.Lock.Wishes[_wishes];
            _admin.Post(_lockHeld ? new ClusterInput.LockTaken() : new ClusterInput.LockReleased());
        }

        if (!_lockHeld && _admin.State.Cluster.Lock.Phase == LockPhase.Taking)
        {
            _lockHeld = true;
            _admin.Post(new ClusterInput.LockTaken());
        }
    }

    private void LoseLock(int choice)
    {
        if (_lockHeld)
        {
            _lockHeld = false;
            _admin.Post(new ClusterInput.LockLost("no answer"));
        }
        else if (_admin.State.Cluster.Lock.Phase == LockPhase.Taking)
        {
            _admin.Post(new ClusterInput.LockRefused("held by shell"));
        }

        if (_admin.Options.WatchesCluster && choice % 5 == 0)
        {
            _admin.Post(new ClusterInput.Presence(choice % 2 == 0 ? "another" : ""));
        }
    }

    private void Pass(TimeSpan time)
    {
        _admin.Time.Advance(time);
        _admin.Settle();
    }

    /// <summary>Hands what was sent to the processes; questions for a descriptor are answered at once.</summary>
    private void Receive()
    {
        for (; _read < _admin.Link.Sent.Count; _read++)
        {
            var (session, message) = _admin.Link.Sent[_read];
            _recount.Sent(message);
            Assert.True(_lockHeld || !_admin.Options.WatchesCluster || message is not (Outbound.ExecuteJob or Outbound.RunDetection), "work was sent without the lock");
            if (_processes.FirstOrDefault(process => process.Session == session) is not { } process)
            {
                continue;
            }

            process.Receive(message);
            if (message is Outbound.RequestSchema question)
            {
                _admin.Post(new WorkerInput.SchemaAnswered(
                    session, question.RequestId, question.JobType, true, "", new Descriptor { JobType = question.JobType, DisplayName = question.JobType, Version = 1, RuntimeDefaults = Runtime }));
            }
        }

        foreach (var (session, _) in _admin.Link.Closed)
        {
            if (_processes.FirstOrDefault(process => process.Session == session) is { } closed)
            {
                closed.Disconnect(killed: false);
                _admin.Post(new WorkerInput.Ended(session, "closed"));
            }
        }
    }

    /// <summary>Now and then a report comes from a stream the process had before.</summary>
    private static SessionId Stream(ModelProcess process, int choice) =>
        process.Former.Count > 0 && choice % 5 == 0 ? process.Former[choice % process.Former.Count] : process.Session ?? default;

    private static void With<T>(List<T> items, int choice, Action<T> act)
    {
        if (items.Count > 0)
        {
            act(items[choice % items.Count]);
        }
    }
}

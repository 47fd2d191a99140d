using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

/// <summary>A worker process as the model plays it: what it works on outlives its streams, unless it is a foreign one.</summary>
internal sealed class ModelProcess(string id, bool ours)
{
    public const int Slots = 3;

    public static readonly string[] JobTypes = ["copy", "echo"];

    public string Id { get; } = id;

    public bool Ours { get; } = ours;

    public SessionId? Session { get; private set; }

    /// <summary>Streams it had before; whatever still comes from them is stale.</summary>
    public List<SessionId> Former { get; } = [];

    public List<Outbound.ExecuteJob> Running { get; } = [];

    /// <summary>Completions that were not acknowledged yet.</summary>
    public List<WorkerInput.Completed> Kept { get; } = [];

    public List<Outbound.RunDetection> Detections { get; } = [];

    public WorkerInput.Hello Hello(SessionId session, int instance)
    {
        Session = session;
        var metadata = ImmutableSortedDictionary<string, string>.Empty;
        return new WorkerInput.Hello(
            session, new WorkerId(Id), $"i-{instance}", "", $"127.0.0.1:{session}", "1", "plugin.v1",
            [.. JobTypes.Select(type => new Capability(type, true, true, 1, Slots, type, "", 0))],
            Ours ? metadata.Add("extensions", "ack,resume") : metadata,
            Ours ? Work() : []);
    }

    public ImmutableArray<RunningWork> Work() =>
        [.. Running.Select(job => new RunningWork(job.Job.Id.Value, false, job.Job.JobType, 5, "", Ours ? job.RequestId : null))];

    public WorkerInput.Beat Beat(SessionId session, DateTimeOffset now) =>
        new(session, new Heartbeat(now, Work(), Detections.Count, 1, Running.Count, Slots, ImmutableSortedDictionary<string, string>.Empty));

    public static WorkerInput.Completed Completion(SessionId session, Outbound.ExecuteJob job, int how) => new(
        session, job.RequestId, job.Job.Id, job.Job.JobType, how < 5,
        how switch { < 5 => "", 5 => "executor is at capacity", 6 => "context canceled", _ => "it broke" },
        new JobResult(how < 5 ? "done" : "", how == 7 ? ConfigValues.Empty.With("error_class", new ConfigValue.Text("permanent")) : ConfigValues.Empty), [], null);

    /// <summary>The stream ended. A worker of ours goes on; a foreign one cancels what it did.</summary>
    public void Disconnect(bool killed)
    {
        if (Session is { } session)
        {
            Former.Add(session);
        }

        Session = null;
        Detections.Clear();
        if (killed || !Ours)
        {
            Running.Clear();
            Kept.Clear();
        }
    }

    public void Receive(Outbound message)
    {
        switch (message)
        {
            case Outbound.ExecuteJob job:
                Running.Add(job);
                break;
            case Outbound.RunDetection detection:
                Detections.Add(detection);
                break;
            case Outbound.CompletedAck ack:
                Kept.RemoveAll(completion => completion.RequestId == ack.RequestId);
                break;
            case Outbound.Cancel { Force: true } cancel:
                Running.RemoveAll(job => job.RequestId == cancel.Target);
                break;
        }
    }
}

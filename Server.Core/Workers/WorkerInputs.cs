using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>A line a worker wants on the timeline. <see cref="Source"/>: <c>executor</c>, <c>detector</c>, <c>admin</c> or <c>unspecified</c>.</summary>
public sealed record WorkerActivity(string Source, string Message, string Stage, ConfigValues Details);

/// <summary>
/// What a worker said, or what happened to its stream. Everything is hostile input: the gateway bounds sizes and counts,
/// the step checks that the session may say it.
/// </summary>
public abstract record WorkerInput(SessionId Session) : Input
{
    /// <summary>The first message of a stream, or a later hello that replaces identity and capabilities.</summary>
    public sealed record Hello(
        SessionId Session,
        WorkerId Worker,
        string InstanceId,
        string Address,
        string RemoteAddress,
        string WorkerVersion,
        string ProtocolVersion,
        ImmutableArray<Capability> Capabilities,
        ImmutableSortedDictionary<string, string> Metadata,
        ImmutableArray<RunningWork> RunningWork) : WorkerInput(Session)
    {
        /// <summary>Capabilities that were left out, because their job type is no name or they are too many.</summary>
        public int Skipped { get; init; }
    }

    public sealed record Beat(SessionId Session, Heartbeat Heartbeat) : WorkerInput(Session);

    public sealed record Acknowledged(SessionId Session, RequestId RequestId, bool Accepted, string Message) : WorkerInput(Session);

    public sealed record SchemaAnswered(SessionId Session, RequestId RequestId, string JobType, bool Success, string Error, Descriptor? Descriptor)
        : WorkerInput(Session);

    public sealed record Proposed(SessionId Session, RequestId RequestId, string JobType, ImmutableArray<Proposal> Proposals, bool HasMore)
        : WorkerInput(Session);

    public sealed record DetectionEnded(SessionId Session, RequestId RequestId, string JobType, bool Success, string Error, int Total)
        : WorkerInput(Session);

    /// <summary>Progress of an attempt, or of a detection when <see cref="Job"/> is null.</summary>
    public sealed record Progressed(
        SessionId Session,
        RequestId RequestId,
        JobId? Job,
        string JobType,
        double Percent,
        string Stage,
        string Message,
        ImmutableArray<WorkerActivity> Activities) : WorkerInput(Session)
    {
        public ConfigValues Metrics { get; init; } = ConfigValues.Empty;
    }

    public sealed record Completed(
        SessionId Session,
        RequestId RequestId,
        JobId Job,
        string JobType,
        bool Success,
        string Error,
        JobResult Result,
        ImmutableArray<WorkerActivity> Activities,
        DateTimeOffset? CompletedAt) : WorkerInput(Session);

    /// <summary>The first output of an attempt that its worker never acknowledged: it is at work.</summary>
    public sealed record OutputCame(SessionId Session, RequestId RequestId) : WorkerInput(Session);

    /// <summary>Output that was not stored. Told for the first ones of a session and then ever more rarely, so that a flood of it is none here.</summary>
    /// <param name="IsHeld">The session holds the attempt, the piece itself is no good.</param>
    /// <param name="Count">Pieces dropped so far in the session.</param>
    public sealed record OutputDropped(SessionId Session, RequestId RequestId, JobId Job, bool IsHeld, string Why, long Count) : WorkerInput(Session);

    /// <summary>Extension ping: the answer.</summary>
    public sealed record Ponged(SessionId Session, long Nonce) : WorkerInput(Session);

    /// <summary>A stream that was not let in, before it became a session.</summary>
    public sealed record SentAway(SessionId Session, string Worker, string RemoteAddress, string Why) : WorkerInput(Session);

    /// <summary>The stream is over, for whatever reason; the last input of a session.</summary>
    public sealed record Ended(SessionId Session, string Reason) : WorkerInput(Session);

    /// <summary>A message could not be handed to the stream; whatever it asked for did not reach the worker.</summary>
    public sealed record NotSent(SessionId Session, Outbound Message) : WorkerInput(Session);
}

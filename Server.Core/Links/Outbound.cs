using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Links;

public enum WorkKind
{
    Unspecified = 0,
    Detection = 1,
    Execution = 2,
}

/// <summary>What the admin says to a worker.</summary>
public abstract record Outbound
{
    private Outbound() { }

    public sealed record Hello(string Message, TimeSpan HeartbeatInterval, TimeSpan ReconnectDelay, ImmutableArray<string> Extensions) : Outbound;

    public sealed record RequestSchema(RequestId RequestId, string JobType, bool ForceRefresh) : Outbound;

    public sealed record RunDetection(
        RequestId RequestId,
        string JobType,
        long Sequence,
        RuntimeSettings Runtime,
        ConfigValues AdminValues,
        ConfigValues WorkerValues,
        ClusterContext Cluster,
        DateTimeOffset? LastSuccessfulRun,
        int MaxResults) : Outbound;

    /// <summary>The payload is in the job when small; otherwise the pump that sends this reads it from the store.</summary>
    public sealed record ExecuteJob(
        RequestId RequestId,
        Job Job,
        int Attempt,
        RuntimeSettings Runtime,
        ConfigValues AdminValues,
        ConfigValues WorkerValues,
        ClusterContext Cluster) : Outbound;

    public sealed record Cancel(RequestId Target, WorkKind Kind, string Reason, bool Force) : Outbound;

    /// <summary>Extension ack.</summary>
    public sealed record CompletedAck(RequestId RequestId, JobId Job) : Outbound;

    /// <summary>Asks for some rows of an object. The body has no request id: answers carry that of the envelope.</summary>
    public sealed record PreviewObject(RequestId RequestId, ImmutableArray<string> ObjectId, string Format, int RowLimit) : Outbound;

    /// <summary>Extension ping.</summary>
    public sealed record Ping(long Nonce) : Outbound;

    /// <summary>Extension drain.</summary>
    public sealed record Drain(bool Enabled, string Reason) : Outbound;
}

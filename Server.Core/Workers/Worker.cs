using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Workers;

public enum WorkerHealth
{
    Healthy = 0,
    Unhealthy = 1,
    Disconnected = 2,
}

public enum Admission
{
    /// <summary>Nobody has said anything; let in unless workers need approval.</summary>
    Unjudged = 0,
    Approved = 1,
    Denied = 2,
}

/// <summary>Two processes that use one id.</summary>
public sealed record WorkerConflict(DateTimeOffset Since, string OlderAddress, string OlderInstance, string NewerAddress, string NewerInstance, int Replacements);

/// <summary>A stable identity and what it offers. Stays known after its session ended, until a person forgets it.</summary>
public sealed record Worker
{
    public required WorkerId Id { get; init; }

    public string Address { get; init; } = "";

    public string WorkerVersion { get; init; } = "";

    public string ProtocolVersion { get; init; } = "";

    public string InstanceId { get; init; } = "";

    public ImmutableSortedDictionary<string, Capability> Capabilities { get; init; } = ImmutableSortedDictionary<string, Capability>.Empty;

    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>For selectors: <c>worker_id</c> and the <c>label.*</c> entries of the metadata.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The live session; null while disconnected.</summary>
    public SessionId? Session { get; init; }

    /// <summary>Counts the sessions of this id; cleanup compares it, so an old stream's end never touches a new session.</summary>
    public long Generation { get; init; }

    public WorkerHealth Health { get; init; } = WorkerHealth.Disconnected;

    public Admission Admission { get; init; }

    public bool Draining { get; init; }

    /// <summary>Since when it drains without a break; null while it does not.</summary>
    public DateTimeOffset? DrainingSince { get; init; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public DateTimeOffset ConnectedAt { get; init; }

    public DateTimeOffset LastSeenAt { get; init; }

    public DateTimeOffset? DisconnectedAt { get; init; }

    public string DisconnectReason { get; init; } = "";

    public WorkerConflict? Conflict { get; init; }

    /// <summary>Sessions that are over, newest first; at most 20.</summary>
    public ImmutableArray<PastSession> Sessions { get; init; } = [];

    /// <summary>Keeps reporting work that was taken from it.</summary>
    public bool IgnoresCancel { get; init; }
}

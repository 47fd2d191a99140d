using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>An independent scheduling track. No lane waits for another.</summary>
public sealed record LaneRules(string Name)
{
    /// <summary>One job type at a time has the turn; detections never overlap running jobs of the lane.</summary>
    public bool Serialise { get; init; }

    /// <summary>Detections and jobs start only while the cluster lock is held.</summary>
    public bool ClusterLock { get; init; }

    /// <summary>What clients of the API are told; scheduling here follows events.</summary>
    public int IdleSleepSeconds { get; init; } = 61;
}

/// <summary>A rate for the whole cluster, shared among the workers that execute the type, and the metadata they read it from.</summary>
/// <param name="RateField">Admin value with the rate per second; nothing is passed on while it is not positive.</param>
/// <param name="BurstField">Admin value with the burst.</param>
public sealed record RateShare(string RateField, string BurstField, string RateKey, string BurstKey);

/// <summary>How one job type is scheduled.</summary>
public sealed record TypeRules
{
    public static readonly TypeRules Default = new();

    public string Lane { get; init; } = LaneSettings.General;

    /// <summary>A complete detection that no longer proposes a waiting job cancels it: for detectors that see everything each time.</summary>
    public bool Supersedes { get; init; }

    /// <summary>Nothing of it starts while the addresses of the cluster are not known.</summary>
    public bool NeedsCluster { get; init; }

    /// <summary>Takes part in the gate: does not start while a job of an <see cref="Exclusive"/> type runs by hand.</summary>
    public bool Gated { get; init; }

    /// <summary>A job of it that somebody asked for runs alone among the gated types.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Its detector wants to know of the last run, even one that failed.</summary>
    public bool ErrorsCountAsRuns { get; init; }

    public RateShare? Rate { get; init; }
}

/// <summary>What people may change of a job type's rules.</summary>
public sealed record TypePlacement(string Lane, bool Supersedes);

/// <summary>All lanes, and the rules of the job types that are not in the general one.</summary>
public sealed record LaneSettings
{
    /// <summary>Where every job type is that nobody has placed elsewhere.</summary>
    public const string General = "general";

    public static readonly LaneSettings Empty = new();

    public ImmutableArray<LaneRules> Lanes { get; init; } = [new(General)];

    public ImmutableDictionary<string, TypeRules> Types { get; init; } = ImmutableDictionary.Create<string, TypeRules>(StringComparer.Ordinal);

    public LaneRules? Find(string lane) => Lanes.FirstOrDefault(rules => rules.Name == lane);

    public LaneRules LaneOf(TypeRules type) => Find(type.Lane) ?? new LaneRules(type.Lane);

    public TypeRules Of(string jobType) => Types.GetValueOrDefault(jobType, TypeRules.Default);

    /// <summary>These settings with what people changed.</summary>
    public LaneSettings With(LaneChanges changes)
    {
        var lanes = Lanes.Select(lane => changes.Lanes.GetValueOrDefault(lane.Name, lane))
            .Concat(changes.Lanes.Values.Where(lane => Find(lane.Name) is null));
        return new LaneSettings
        {
            Lanes = [.. lanes],
            Types = Types.SetItems(changes.Types.Select(change => KeyValuePair.Create(change.Key, Of(change.Key) with { Lane = change.Value.Lane, Supersedes = change.Value.Supersedes }))),
        };
    }
}

/// <summary>What people changed of the shipped settings. Stored.</summary>
public sealed record LaneChanges
{
    public static readonly LaneChanges None = new();

    public ImmutableSortedDictionary<string, LaneRules> Lanes { get; init; } = ImmutableSortedDictionary.Create<string, LaneRules>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, TypePlacement> Types { get; init; } = ImmutableSortedDictionary.Create<string, TypePlacement>(StringComparer.Ordinal);
}

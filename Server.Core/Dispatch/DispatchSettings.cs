using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>By which rule a worker is chosen among those that could take a job.</summary>
public enum DispatchStrategy
{
    /// <summary>The largest share of free slots.</summary>
    LeastLoaded = 0,

    /// <summary>One after the other.</summary>
    RoundRobin = 1,

    /// <summary>In proportion to weight and free slots.</summary>
    WeightedRoundRobin = 2,

    /// <summary>Whoever has the fewest attempts.</summary>
    LeastConnections = 3,

    /// <summary>Any, all alike.</summary>
    Random = 4,
}

/// <summary>Who looks for work when a detection is due.</summary>
public enum DetectorScope
{
    /// <summary>One detector sees all there is.</summary>
    One = 0,

    /// <summary>Each detector sees what is its own, such as the files of its machine: all are asked, one after the other, and what one finds it does itself.</summary>
    Each = 1,
}

/// <summary>How the admin queues and gives out the jobs of a type. A part of its config that no worker is ever sent.</summary>
public sealed record DispatchSettings
{
    public static readonly DispatchSettings Default = new();

    public DispatchStrategy Strategy { get; init; }

    /// <summary>Jobs that may wait, 1–1,000,000; null: as the admin was started with.</summary>
    public int? QueueLimit { get; init; }

    /// <summary>Submissions of one caller: per second, 0.1–100,000; null: as the admin was started with.</summary>
    public double? SubmitRate { get; init; }

    /// <summary>And at once after a pause, 1–1,000,000.</summary>
    public int? SubmitBurst { get; init; }

    /// <summary>Of jobs whose submitter named none, 0–100.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DefaultPriority { get; init; } = 50;

    /// <summary>What a due job gains in priority for each minute it waits, 0–10.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double AgeingPerMinute { get; init; } = 1;

    /// <summary>How long after it is due a job may wait for its first worker, 1 s to 366 days; null: for ever.</summary>
    public TimeSpan? QueueTtl { get; init; }

    /// <summary>What every worker must have among its labels to be given a job of the type.</summary>
    public ImmutableSortedDictionary<string, string> RequireLabels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public DetectorScope DetectorScope { get; init; }

    public int QueueLimitOf(AdminOptions options) => QueueLimit ?? options.QueueLimit;

    public Pace PaceOf(AdminOptions options) => new(SubmitRate ?? options.TypeSubmitRate, SubmitBurst ?? options.TypeSubmitBurst);

    public bool Equals(DispatchSettings? other) => other is not null
        && (Strategy, QueueLimit, SubmitRate, SubmitBurst, DefaultPriority, AgeingPerMinute, QueueTtl, DetectorScope) == (other.Strategy, other.QueueLimit, other.SubmitRate, other.SubmitBurst, other.DefaultPriority, other.AgeingPerMinute, other.QueueTtl, other.DetectorScope)
        && RequireLabels.Count == other.RequireLabels.Count
        && RequireLabels.All(label => other.RequireLabels.TryGetValue(label.Key, out var value) && value == label.Value);

    public override int GetHashCode() => HashCode.Combine(Strategy, QueueLimit, SubmitRate, SubmitBurst, DefaultPriority, AgeingPerMinute, QueueTtl, RequireLabels.Count);

    /// <summary>Everything that is out of its range.</summary>
    public ImmutableArray<FieldError> Errors()
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        Within("strategy", Enum.IsDefined(Strategy), "the strategy is one of least_loaded, round_robin, weighted_round_robin, least_connections, random");
        Within("detector_scope", Enum.IsDefined(DetectorScope), "the detector scope is one or each");
        Within("queue_limit", QueueLimit is null or (>= 1 and <= 1_000_000), "the queue may be limited to 1 to 1,000,000 jobs");
        Within("submit_rate", SubmitRate is null or (>= 0.1 and <= 100_000), "submissions may come 0.1 to 100,000 times a second");
        Within("submit_burst", SubmitBurst is null or (>= 1 and <= 1_000_000), "1 to 1,000,000 submissions may come at once");
        Within("default_priority", DefaultPriority is >= 0 and <= 100, "a priority is a number from 0 to 100");
        Within("ageing_per_minute", AgeingPerMinute is >= 0 and <= 10, "a waiting job may gain 0 to 10 a minute");
        Within("queue_ttl", QueueTtl is null || (QueueTtl >= TimeSpan.FromSeconds(1) && QueueTtl <= TimeSpan.FromDays(366)), "a job may wait 1 s to 366 days");
        errors.AddRange(LabelRules.Check(RequireLabels).Select(error => error with { Path = $"require_{error.Path}", Field = "require_labels" }));
        return errors.ToImmutable();

        void Within(string field, bool holds, string text)
        {
            if (!holds)
            {
                errors.Add(SubmitRules.Error(field, FieldErrorCodes.Max, text));
            }
        }
    }
}

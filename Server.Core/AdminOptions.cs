using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.Server.Core;

/// <summary>Timing, limits and retention of the engine. Every value has a default that suits a handful to thousands of workers.</summary>
public sealed class AdminOptions
{
    /// <summary>Asked of workers in the hello.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Asked of workers in the hello: how long to wait before dialling again.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long attempts of a worker that can resume outlive its session; after a restart from when workers can reach the admin.</summary>
    public TimeSpan ResumeGrace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a worker that came back may take to claim an attempt by a completion it re-sends.</summary>
    public TimeSpan ClaimWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>From the cancel request to the loss of the lease.</summary>
    public TimeSpan CancelGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Missed heartbeats after which a worker is unhealthy, and lost.</summary>
    public int UnhealthyAfterMissed { get; set; } = 3;

    public int LostAfterMissed { get; set; } = 6;

    /// <summary>A worker without our extensions is never lost on silence before this.</summary>
    public TimeSpan ForeignLostAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>From the first capable worker to a job type's first detection.</summary>
    public TimeSpan FirstDetectionDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a type of a serialised lane may wait before the turn of another one ends.</summary>
    public TimeSpan TurnYield { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The lanes as they are shipped; people change them in the settings.</summary>
    public LaneSettings Lanes { get; set; } = LaneSettings.Empty;

    /// <summary>A cluster is looked up and locked: its job types wait while it is not reachable.</summary>
    public bool WatchesCluster { get; set; }

    /// <summary>Workers nobody has approved wait until somebody does; false: all are let in that nobody denied.</summary>
    public bool ApproveWorkers { get; set; }

    public TimeSpan SchemaTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest back-off between attempts.</summary>
    public TimeSpan BackoffCap { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest attempt timeout that a proposal's estimate can ask for.</summary>
    public TimeSpan EstimateCap { get; set; } = TimeSpan.FromHours(8);

    /// <summary>Payloads up to this many characters of text stay in memory with their job.</summary>
    public int InlinePayloadLimit { get; set; } = 4096;

    /// <summary>Characters of large parameters that the trace of one detection keeps of proposals that became no job.</summary>
    public long TraceLimit { get; set; } = 64 * 1024 * 1024;

    /// <summary>Proposals one detection may bring; more are counted, not kept.</summary>
    public int ProposalLimit { get; set; } = 250_000;

    /// <summary>Jobs of one type that may wait, unless its dispatch settings say otherwise; more are refused.</summary>
    public int QueueLimit { get; set; } = 10_000;

    /// <summary>Jobs of all types together that may wait; more are refused.</summary>
    public int PendingLimit { get; set; } = 1_000_000;

    /// <summary>Submissions of one caller, per second and at once after a pause.</summary>
    public double SubmitRate { get; set; } = 2000;

    public int SubmitBurst { get; set; } = 10_000;

    /// <summary>The same for one caller and one job type.</summary>
    public double TypeSubmitRate { get; set; } = 1000;

    public int TypeSubmitBurst { get; set; } = 5000;

    /// <summary>Ended jobs are kept this long, and at least the last ten successes and ten errors of each type.</summary>
    public TimeSpan JobRetention { get; set; } = TimeSpan.FromDays(30);

    public int ActivityRetention { get; set; } = 100_000;

    public int DetectionRetention { get; set; } = 200;

    public int ConfigRetention { get; set; } = 200;

    internal Pace CallerPace => new(SubmitRate, SubmitBurst);

    /// <summary>What is kept while nobody changes it in the settings.</summary>
    public RetentionLimits Retention => new(JobRetention, ActivityRetention, DetectionRetention, ConfigRetention);
}

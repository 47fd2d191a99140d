using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Everything that can still change, as the last commit left it. Payloads stay in the store.</summary>
public sealed record StoredState(
    ImmutableArray<Job> OpenJobs,
    ImmutableArray<Worker> Workers,
    ImmutableArray<StoredJobType> JobTypes,
    ImmutableArray<Detection> OpenDetections,
    ImmutableDictionary<string, long> Counters)
{
    /// <summary>What people changed of the lanes; null while nobody has.</summary>
    public LaneChanges? Lanes { get; init; }

    /// <summary>The scheduler stands still; null = it runs.</summary>
    public SchedulerPause? Pause { get; init; }

    /// <summary>What people changed of what is kept; null while nobody has.</summary>
    public RetentionLimits? Retention { get; init; }

    public RetentionChange? RetentionChange { get; init; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<BulkOperation> Operations { get; init; } = [];

    /// <summary>Schedules of jobs.</summary>
    public ImmutableArray<JobSchedule> Schedules { get; init; } = [];

    /// <summary>Null while nobody has saved one.</summary>
    public ImmutableSortedDictionary<string, SavedView>? SavedViews { get; init; }

    /// <summary>Secrets of the configs in force that do not open any more; the configs are without them.</summary>
    public ImmutableArray<LostSecret> LostSecrets { get; init; } = [];

    /// <summary>The addresses people entered; null while nobody has.</summary>
    public ClusterSettings? Cluster { get; init; }
}

/// <summary>A job type with its newest config and its latest ended jobs and detections, newest first, at most 100 and 50.</summary>
public sealed record StoredJobType(
    string Name,
    Descriptor? Descriptor,
    ConfigDocument? Config,
    ScheduleRow? Schedule,
    ImmutableArray<Job> RecentJobs,
    ImmutableArray<Detection> RecentDetections)
{
    /// <summary>The descriptor under which its config was last saved; null = not known.</summary>
    public Descriptor? KnownForms { get; init; }

    /// <summary>When its descriptor came.</summary>
    public DateTimeOffset? DescribedAt { get; init; }

    public WorkerId? DescribedBy { get; init; }
}

/// <summary>
/// The durable side of the engine. <see cref="Load"/> and <see cref="Commit"/> belong to the engine's thread; the
/// connection behind them is opened there. Commit returns when the changes are on disk.
/// </summary>
public interface IAdminStore : IDisposable
{
    /// <exception cref="StoreRefusedException">Damaged, newer, or not ours: the text names the file and the way out.</exception>
    StoredState Load();

    /// <exception cref="StoreRefusedException">Damage showed: nothing was applied, and trying again is of no use.</exception>
    /// <exception cref="StoreUnavailableException">Known not done (disk full, busy): nothing was applied, try again later.</exception>
    void Commit(IReadOnlyList<Change> changes);

    /// <summary>Writes what the last commit left to a new file, while the store goes on. Any thread; takes as long as the disk does.</summary>
    /// <param name="copied">Told now and then: 0 to 1.</param>
    /// <exception cref="StoreRefusedException">Nothing is kept on disk.</exception>
    /// <exception cref="StoreUnavailableException">The copy could not be written; the text says why.</exception>
    void CopyTo(string file, Action<double> copied, CancellationToken cancellationToken);

    IAdminHistory History { get; }

    /// <summary>These ended jobs are deleted, and it is on disk. Raised on the engine's thread; who listens must be quick.</summary>
    event Action<IReadOnlyCollection<JobId>>? JobsGone;
}

/// <summary>The store cannot be used and was left as it is.</summary>
public sealed class StoreRefusedException : Exception
{
    public StoreRefusedException(string message)
        : base(message) { }

    public StoreRefusedException(string message, Exception inner)
        : base(message, inner) { }

    public StoreRefusedException() { }

    /// <summary>What is wrong with the file, without the ways out.</summary>
    public string Finding { get; init; } = "";
}

/// <summary>A commit that is known not to have happened.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string message)
        : base(message) { }

    public StoreUnavailableException(string message, Exception inner)
        : base(message, inner) { }

    public StoreUnavailableException() { }
}

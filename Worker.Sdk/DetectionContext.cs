using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>One detection as its handler sees it.</summary>
public sealed class DetectionContext
{
    private readonly Func<Proposal, ValueTask> _propose;
    private readonly Func<bool> _isFull;
    private readonly Action<string, string> _report;

    internal DetectionContext(
        RunDetectionRequest request, ConfigReader config, string workerId, Func<Proposal, ValueTask> propose, Func<bool> isFull, Action<string, string> report, CancellationToken canceled)
    {
        _propose = propose;
        _isFull = isFull;
        _report = report;
        Request = request;
        Config = config;
        WorkerId = workerId;
        Canceled = canceled;
    }

    /// <summary>The request as it came.</summary>
    public RunDetectionRequest Request { get; }

    /// <summary>Scheduling and limits as they are saved; empty when the admin sends none.</summary>
    public AdminRuntimeConfig Runtime => Request.AdminRuntime ?? new AdminRuntimeConfig();

    /// <summary>What the admin knows of the cluster; empty when it knows nothing.</summary>
    public ClusterContext Cluster => Request.ClusterContext ?? new ClusterContext();

    /// <summary>Grows with each detection of this job type.</summary>
    public long Sequence => Request.DetectionSequence;

    /// <summary>Saved values over descriptor defaults, worker form before admin form.</summary>
    public ConfigReader Config { get; }

    /// <summary>This worker's id, for keys and selectors.</summary>
    public string WorkerId { get; }

    /// <summary>Most proposals that are wanted; 0 = no limit. The SDK sends no more than that.</summary>
    public int MaxResults => Request.MaxResults;

    /// <summary>True when <see cref="MaxResults"/> proposals were made: looking on is of no use.</summary>
    public bool IsFull => _isFull();

    /// <summary>The admin wants it to stop, its time is over, or the worker is stopping.</summary>
    public CancellationToken Canceled { get; }

    /// <summary>When the last job of this type succeeded.</summary>
    public DateTimeOffset? LastSuccessfulRun => Request.LastSuccessfulRun?.ToDateTimeOffset();

    /// <summary>Proposes work. Waits while the admin is slow to take it, and while the stream is away, for 5 s at most; what is not taken by then is sent when it can be.</summary>
    /// <exception cref="TimeoutException">16 batches of up to 500 proposals wait already: this detection fails, the next one may fare better.</exception>
    public ValueTask ProposeAsync(Proposal proposal) => _propose(proposal);

    /// <summary>Says what is going on; shown on the timeline.</summary>
    public void Report(string stage, string message) => _report(stage, message);
}

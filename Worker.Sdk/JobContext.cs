using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Which of an attempt's two outputs.</summary>
public enum OutputStream
{
    /// <summary>What the work says.</summary>
    Stdout = 1,

    /// <summary>What it complains about.</summary>
    Stderr = 2,
}

/// <summary>One attempt of a job as its handler sees it.</summary>
public sealed class JobContext
{
    private readonly IAttemptReports _reports;

    internal JobContext(ExecuteJobRequest request, ConfigReader saved, string workerId, IAttemptReports reports, CancellationToken canceled, CancellationToken stopping)
    {
        _reports = reports;
        Request = request;
        Saved = saved;
        Config = saved.Under(request.Job.Parameters);
        Parameters = new ConfigReader(request.Job.Parameters);
        WorkerId = workerId;
        Canceled = canceled;
        Stopping = stopping;
    }

    /// <summary>The request as it came.</summary>
    public ExecuteJobRequest Request { get; }

    /// <summary>The same in every attempt.</summary>
    public string JobId => Request.Job.JobId;

    /// <summary>Of this attempt.</summary>
    public string RequestId => Request.RequestId;

    /// <summary>From 1.</summary>
    public int Attempt => Request.Attempt;

    /// <summary>Job parameters, then saved worker values, then saved admin values, then descriptor defaults.</summary>
    public ConfigReader Config { get; }

    /// <summary>The job's parameters alone: what was asked for with this job.</summary>
    public ConfigReader Parameters { get; }

    /// <summary>As <see cref="Config"/> without the job's parameters: what only those may decide who may save the configuration.</summary>
    public ConfigReader Saved { get; }

    /// <summary>Values of a kind that could not be used, by whichever reader.</summary>
    internal IReadOnlyList<string> Warnings => [.. Config.Warnings.Concat(Parameters.Warnings).Concat(Saved.Warnings).Distinct()];

    /// <summary>Labels of the job.</summary>
    public IReadOnlyDictionary<string, string> Labels => new Dictionary<string, string>(Request.Job.Labels, StringComparer.Ordinal);

    /// <summary>This worker's id.</summary>
    public string WorkerId { get; }

    /// <summary>A person cancelled it, its time is over, or its lease was lost. Stop soon.</summary>
    public CancellationToken Canceled { get; }

    /// <summary>The worker is about to stop; what can be finished within seconds may be.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>When the time of this attempt is over and it is cancelled; null: the admin's cancel says so, or nothing does.</summary>
    public DateTimeOffset? Deadline { get; internal init; }

    /// <summary>
    /// How far it is. Only the newest is sent, at most four times a second; the percentage never falls. Metrics are figures for
    /// people (bytes done, rows left); each name keeps its last value.
    /// </summary>
    public void Report(double percent, string stage = "", string message = "", ValueSet? metrics = null) => _reports.Progress(percent, stage, message, metrics);

    /// <summary>Output for people, kept with the attempt. Never waits: of what comes faster than it is sent the beginning is lost, and shown as a gap.</summary>
    public void Output(OutputStream stream, ReadOnlySpan<byte> bytes) => _reports.Output(stream, bytes);

    /// <summary>
    /// The same for who can wait, as at a pipe that is full: until there is room among 256 KiB a stream. While no admin takes
    /// output it waits five seconds, then no longer.
    /// </summary>
    public ValueTask OutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _reports.OutputAsync(stream, bytes, cancellationToken);

    /// <summary>
    /// How many bytes of a stream the handler left out, to keep to a limit: they are counted with the attempt. Said once all of its output is
    /// written: of what comes afterwards nothing is kept.
    /// </summary>
    public void LeftOut(OutputStream stream, long bytes) => _reports.LeftOut(stream, bytes);

    /// <summary>A line of output.</summary>
    public void WriteLine(string line) => _reports.Output(OutputStream.Stdout, System.Text.Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>A line on the timeline.</summary>
    public void Activity(string message, string stage = "", ValueSet? details = null) => _reports.Activity(message, stage, details ?? []);
}

/// <summary>Where an attempt's reports go.</summary>
internal interface IAttemptReports
{
    void Progress(double percent, string stage, string message, ValueSet? metrics = null);

    void Output(OutputStream stream, ReadOnlySpan<byte> bytes);

    ValueTask OutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    void LeftOut(OutputStream stream, long bytes);

    void Activity(string message, string stage, ValueSet details);
}

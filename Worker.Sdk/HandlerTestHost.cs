using System.Text;
using BlazorPluginAdmin.Wire;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// Runs a handler without an admin and without a network: for tests of handlers. What the handler throws passes through, also when its
/// attempt was cancelled.
/// </summary>
#pragma warning disable CA1001 // A source without a timer holds nothing, and tests need not dispose their hosts.
public sealed class HandlerTestHost(IJobHandler handler, string workerId = "test-worker")
#pragma warning restore CA1001
{
    private readonly JobTypeDescriptor _descriptor = handler.Descriptor ?? throw new ArgumentException(WorkerIdentity.NoDescriptor(handler), nameof(handler));
    private readonly StringBuilder _output = new();
    private readonly Dictionary<OutputStream, long> _leftOut = [];
    private readonly List<Proposal> _proposals = [];
    private readonly List<(double Percent, string Stage, string Message)> _progress = [];
    private readonly List<(string Message, string Stage, ValueSet Details)> _activities = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Whose time the attempts have; a test's own clock makes <see cref="Timeout"/> pass without waiting. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How long the next attempts may take: sets their deadline, and cancels them then. Null: as long as they like.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>When the last job of the type succeeded, for the next detections. Null: none has.</summary>
    public DateTimeOffset? LastSuccessfulRun { get; set; }

    /// <summary>The sequence of the next detections.</summary>
    public long Sequence { get; set; }

    /// <summary>Scheduling and limits as they are saved, for the next detections. Null: the admin sends none.</summary>
    public AdminRuntimeConfig? Runtime { get; set; }

    /// <summary>What the admin knows of the cluster, for the next detections. Null: nothing.</summary>
    public ClusterContext? Cluster { get; set; }

    /// <summary>Labels of the next jobs.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Saved worker values of the next call.</summary>
    public ValueSet WorkerConfig { get; } = [];

    /// <summary>Saved admin values of the next call.</summary>
    public ValueSet AdminConfig { get; } = [];

    /// <summary>What was written with <see cref="JobContext.Output"/> or <see cref="JobContext.OutputAsync"/>, both streams by arrival.</summary>
    public string Output => _output.ToString();

    /// <summary>Bytes of each stream that were said to be left out.</summary>
    public IReadOnlyDictionary<OutputStream, long> LeftOut => _leftOut;

    /// <summary>What was proposed.</summary>
    public IReadOnlyList<Proposal> Proposals => _proposals;

    /// <summary>All progress, not conflated.</summary>
    public IReadOnlyList<(double Percent, string Stage, string Message)> Progress => _progress;

    /// <summary>Lines for the timeline, and with the stage <c>config</c> what was stored in a kind that could not be used.</summary>
    public IReadOnlyList<(string Message, string Stage, ValueSet Details)> Activities => _activities;

    /// <summary>Handlers are told that the worker is about to stop.</summary>
    public void AnnounceStop() => _stopping.Cancel();

    /// <summary>Runs a detection.</summary>
    public async Task<IReadOnlyList<Proposal>> DetectAsync(int maxResults = 0, CancellationToken cancellationToken = default)
    {
        _proposals.Clear();
        var request = new RunDetectionRequest
        {
            RequestId = "test-detection",
            JobType = _descriptor.JobType,
            MaxResults = maxResults,
            DetectionSequence = Sequence,
            LastSuccessfulRun = LastSuccessfulRun is { } last ? Timestamp.FromDateTimeOffset(last) : null,
            AdminRuntime = Runtime?.Clone(),
            ClusterContext = Cluster?.Clone(),
        };
        bool IsFull() => maxResults > 0 && _proposals.Count >= maxResults;
        var config = Reader();
        var context = new DetectionContext(
            request,
            config,
            workerId,
            proposal =>
            {
                if (!IsFull())
                {
                    _proposals.Add(proposal);
                }

                return ValueTask.CompletedTask;
            },
            IsFull,
            (stage, message) => _progress.Add((0, stage, message)),
            cancellationToken);
        try
        {
            await handler.DetectAsync(context).ConfigureAwait(false);
            return _proposals;
        }
        finally
        {
            Warn(config.Warnings);
        }
    }

    /// <summary>Runs one attempt with these parameters, once the handler has found nothing wrong with its values.</summary>
    public async Task<JobOutcome> ExecuteAsync(ValueSet parameters, string jobId = "test-job", int attempt = 1, CancellationToken cancellationToken = default)
    {
        var request = new ExecuteJobRequest { RequestId = "test-attempt", Attempt = attempt, Job = new JobSpec { JobId = jobId, JobType = _descriptor.JobType } };
        parameters.CopyTo(request.Job.Parameters);
        request.Job.Labels.Add(Labels);
        using var timeout = Timeout is { } limit ? new CancellationTokenSource(limit, TimeProvider) : new CancellationTokenSource();
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var context = new JobContext(request, Reader(), workerId, new Reports(this), canceled.Token, _stopping.Token)
        {
            Deadline = Timeout is { } time ? TimeProvider.GetUtcNow() + time : null,
        };
        try
        {
            var findings = await handler.ValidateAsync(context.Config, canceled.Token).ConfigureAwait(false);
            return findings.Count > 0 ? JobOutcome.Failed(string.Join("; ", findings), permanent: true) : await handler.ExecuteAsync(context).ConfigureAwait(false);
        }
        finally
        {
            Warn(context.Warnings);
        }
    }

    private void Warn(IEnumerable<string> warnings) => _activities.AddRange(warnings.Select(warning => (warning, "config", new ValueSet())));

    private ConfigReader Reader() => ConfigReader.Saved(_descriptor, Layer(WorkerConfig), Layer(AdminConfig));

    private static Dictionary<string, ConfigValue> Layer(ValueSet values) => values.ToDictionary(pair => pair.Key, pair => pair.Value.Wire, StringComparer.Ordinal);

    private sealed class Reports(HandlerTestHost host) : IAttemptReports
    {
        private readonly Lock _gate = new();

        public void Progress(double percent, string stage, string message, ValueSet? metrics)
        {
            lock (_gate)
            {
                host._progress.Add((percent, stage, message));
            }
        }

        public void Output(OutputStream stream, ReadOnlySpan<byte> bytes)
        {
            lock (_gate)
            {
                host._output.Append(Encoding.UTF8.GetString(bytes));
            }
        }

        public ValueTask OutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Output(stream, bytes.Span);
            return ValueTask.CompletedTask;
        }

        public void LeftOut(OutputStream stream, long bytes)
        {
            lock (_gate)
            {
                host._leftOut[stream] = bytes;
            }
        }

        public void Activity(string message, string stage, ValueSet details)
        {
            lock (_gate)
            {
                host._activities.Add((message, stage, details));
            }
        }
    }
}

using System.Text;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Runs a handler without an admin and without a network: for tests of handlers.</summary>
public sealed class HandlerTestHost(IJobHandler handler, string workerId = "test-worker")
{
    private readonly StringBuilder _output = new();
    private readonly List<Proposal> _proposals = [];
    private readonly List<(double Percent, string Stage, string Message)> _progress = [];

    /// <summary>Saved worker values of the next call.</summary>
    public ValueSet WorkerConfig { get; } = [];

    /// <summary>Saved admin values of the next call.</summary>
    public ValueSet AdminConfig { get; } = [];

    /// <summary>What was written with <see cref="JobContext.Output"/> or <see cref="JobContext.OutputAsync"/>, both streams by arrival.</summary>
    public string Output => _output.ToString();

    /// <summary>What was proposed.</summary>
    public IReadOnlyList<Proposal> Proposals => _proposals;

    /// <summary>All progress, not conflated.</summary>
    public IReadOnlyList<(double Percent, string Stage, string Message)> Progress => _progress;

    /// <summary>Runs a detection.</summary>
    public async Task<IReadOnlyList<Proposal>> DetectAsync(int maxResults = 0, CancellationToken cancellationToken = default)
    {
        _proposals.Clear();
        var request = new RunDetectionRequest { RequestId = "test-detection", JobType = handler.Descriptor.JobType, MaxResults = maxResults };
        DetectionContext? context = null;
        context = new DetectionContext(
            request,
            Reader(),
            workerId,
            proposal =>
            {
                if (maxResults == 0 || _proposals.Count < maxResults)
                {
                    _proposals.Add(proposal);
                }

                context!.IsFull = maxResults > 0 && _proposals.Count >= maxResults;
                return ValueTask.CompletedTask;
            },
            (stage, message) => _progress.Add((0, stage, message)),
            cancellationToken);
        await handler.DetectAsync(context).ConfigureAwait(false);
        return _proposals;
    }

    /// <summary>Runs one attempt with these parameters.</summary>
    public Task<JobOutcome> ExecuteAsync(ValueSet parameters, string jobId = "test-job", int attempt = 1, CancellationToken cancellationToken = default)
    {
        var request = new ExecuteJobRequest { RequestId = "test-attempt", Attempt = attempt, Job = new JobSpec { JobId = jobId, JobType = handler.Descriptor.JobType } };
        parameters.CopyTo(request.Job.Parameters);
        return handler.ExecuteAsync(new JobContext(request, Reader(), workerId, new Reports(this), cancellationToken, CancellationToken.None));
    }

    private ConfigReader Reader() => new(
        Layer(WorkerConfig), Layer(AdminConfig), handler.Descriptor.WorkerConfigForm?.DefaultValues ?? [], handler.Descriptor.AdminConfigForm?.DefaultValues ?? []);

    private static Dictionary<string, ConfigValue> Layer(ValueSet values) => values.ToDictionary(pair => pair.Key, pair => pair.Value.Wire, StringComparer.Ordinal);

    private sealed class Reports(HandlerTestHost host) : IAttemptReports
    {
        private readonly Lock _gate = new();

        public void Progress(double percent, string stage, string message)
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

        public void Activity(string message, string stage, ValueSet details)
        {
            // Activities are for the timeline; handlers are not tested by them.
        }
    }
}

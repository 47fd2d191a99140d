using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// What a worker tells about itself, for OpenTelemetry (<c>AddMeter(WorkerTelemetry.Name)</c>, <c>AddSource(WorkerTelemetry.Name)</c>)
/// and, as text for Prometheus, at its health port. Every instrument carries <c>worker_id</c>.
/// </summary>
public static class WorkerTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "BlazorPluginAdmin.Worker";

    private static readonly System.Diagnostics.ActivitySource Source = new(Name);

    /// <summary>Null while nobody listens.</summary>
    internal static Activity? Execution(ExecuteJobRequest request) => Source.StartActivity($"execute {request.Job.JobType}", ActivityKind.Consumer)?
        .SetTag("job.type", request.Job.JobType).SetTag("job.id", request.Job.JobId).SetTag("job.attempt", request.Attempt).SetTag("request.id", request.RequestId);

    /// <summary>Null while nobody listens.</summary>
    internal static Activity? Detection(RunDetectionRequest request) => Source.StartActivity($"detect {request.JobType}", ActivityKind.Consumer)?
        .SetTag("job.type", request.JobType).SetTag("request.id", request.RequestId);

    internal static void End(Activity? span, JobOutcome outcome) => span?.SetStatus(outcome.Success ? ActivityStatusCode.Ok : ActivityStatusCode.Error, outcome.Success ? null : outcome.Text);
}

/// <summary>The figures of one worker: counted once, read by the meter and by the health port.</summary>
internal sealed class WorkerFigures : IDisposable
{
    private readonly ConcurrentDictionary<(string JobType, string Outcome), StrongCount> _attempts = new();
    private readonly ConcurrentDictionary<string, StrongCount> _proposals = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<CloseReason, StrongCount> _sessions = new();
    private readonly Meter _meter = new(WorkerTelemetry.Name);
    private readonly Histogram<double> _duration;
    private readonly string _workerId;
    private readonly Func<(int Detections, int Executions)> _used;
    private readonly Func<int> _kept;

    public WorkerFigures(string workerId, Func<(int Detections, int Executions)> used, Func<int> kept)
    {
        _workerId = workerId;
        _used = used;
        _kept = kept;
        _duration = _meter.CreateHistogram<double>("plugin_worker.attempt.duration", "s", "From the start of a handler to its end");
        _meter.CreateObservableCounter("plugin_worker.attempts", () => _attempts.Select(pair => Measured(pair.Value.Value, ("job_type", pair.Key.JobType), ("outcome", pair.Key.Outcome))), description: "Attempts that ended");
        _meter.CreateObservableCounter("plugin_worker.proposals", () => _proposals.Select(pair => Measured(pair.Value.Value, ("job_type", pair.Key))), description: "Proposals that were sent");
        _meter.CreateObservableCounter("plugin_worker.sessions", () => _sessions.Select(pair => Measured(pair.Value.Value, ("reason", pair.Key.ToString()))), description: "Sessions that ended");
        _meter.CreateObservableGauge("plugin_worker.executing", () => Measured(_used().Executions), description: "Attempts that run");
        _meter.CreateObservableGauge("plugin_worker.detecting", () => Measured(_used().Detections), description: "Detections that run");
        _meter.CreateObservableGauge("plugin_worker.completions.unacknowledged", () => Measured(_kept()), description: "Results the admin has not confirmed yet");
    }

    public void AttemptEnded(string jobType, string outcome, TimeSpan took)
    {
        _attempts.GetOrAdd((jobType, outcome), _ => new StrongCount()).Add(1);
        _duration.Record(took.TotalSeconds, new("worker_id", _workerId), new("job_type", jobType), new("outcome", outcome));
    }

    public void Proposed(string jobType, int count) => _proposals.GetOrAdd(jobType, _ => new StrongCount()).Add(count);

    public void SessionEnded(CloseReason reason) => _sessions.GetOrAdd(reason, _ => new StrongCount()).Add(1);

    /// <summary>The same in Prometheus's text format.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        Family("plugin_worker_attempts_total", "counter", _attempts.Select(pair => ($"{Label("job_type", pair.Key.JobType)},{Label("outcome", pair.Key.Outcome)}", pair.Value.Value)));
        Family("plugin_worker_proposals_total", "counter", _proposals.Select(pair => (Label("job_type", pair.Key), pair.Value.Value)));
        Family("plugin_worker_sessions_total", "counter", _sessions.Select(pair => (Label("reason", pair.Key.ToString()), pair.Value.Value)));
        Family("plugin_worker_executing", "gauge", [("", _used().Executions)]);
        Family("plugin_worker_detecting", "gauge", [("", _used().Detections)]);
        Family("plugin_worker_completions_unacknowledged", "gauge", [("", _kept())]);
        return text.ToString();

        void Family(string name, string kind, IEnumerable<(string Labels, long Value)> values)
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {kind}\n");
            foreach (var (labels, value) in values)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{{{Label("worker_id", _workerId)}{(labels.Length > 0 ? "," : "")}{labels}}} {value}\n");
            }
        }
    }

    public void Dispose() => _meter.Dispose();

    private static string Label(string name, string value) => $"{name}=\"{value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private Measurement<long> Measured(long value, params ReadOnlySpan<(string Name, string Value)> tags)
    {
        var all = new List<KeyValuePair<string, object?>> { new("worker_id", _workerId) };
        foreach (var (name, text) in tags)
        {
            all.Add(new(name, text));
        }

        return new Measurement<long>(value, all);
    }

    private sealed class StrongCount
    {
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Add(int by) => Interlocked.Add(ref _value, by);
    }
}

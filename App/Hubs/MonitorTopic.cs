using System.Collections.Immutable;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using static BlazorPluginAdmin.App.Rest.WireJson;

namespace BlazorPluginAdmin.App.Hubs;

/// <summary>
/// A part of the read model that programs can watch: keyed things that appear, change and go. Two sources are the same
/// thing unchanged when they are equal, so that what did not change is never written.
/// </summary>
/// <param name="Sources">The things now, by key.</param>
/// <param name="Write">A thing as JSON sees it.</param>
public sealed record MonitorTopic(string Name, Func<ReadModel, Func<string, bool>, IEnumerable<KeyValuePair<string, object>>> Sources, Func<object, object> Write)
{
    public static readonly ImmutableArray<MonitorTopic> All =
    [
        new("workers", (model, _) => model.Workers.Select(view => Pair(view.Worker.Id.Value, new WorkerSample(view))), source => ((WorkerSample)source).Written),
        new("queue", (model, wanted) => model.JobTypes.Where(type => wanted(type.Name)).Select(type => Pair(type.Name, QueueSample.Of(type))), source => source),
        new("detections", (model, wanted) => model.JobTypes.Where(type => wanted(type.Name)).SelectMany(type => type.Detections).Select(detection => Pair(detection.Id.Value, detection)), source => ApiObjects.Detection((Server.Core.Detections.Detection)source)),
        new("jobs", (model, wanted) => Jobs(model, wanted), source => source is JobSample waiting ? waiting.Written : ApiObjects.Job((Job)source)),
        new("load", (model, _) => model.Workers.Where(view => view.Session is not null).Select(view => Pair(view.Worker.Id.Value, LoadSample.Of(view))), source => source),
    ];

    public static MonitorTopic? Find(string name) => All.FirstOrDefault(topic => topic.Name == name);

    /// <summary>Open jobs, the first 500 of each type, and the 200 that ended last.</summary>
    private static IEnumerable<KeyValuePair<string, object>> Jobs(ReadModel model, Func<string, bool> wanted)
    {
        var open = model.JobTypes.Where(type => wanted(type.Name)).SelectMany(type => type.Queue)
            .Select(view => Pair(view.Job.Id.Value, view.Waiting is { } waiting ? new JobSample(view.Job, waiting.Code, waiting) : view.Job));
        return open.Concat(model.RecentEnded.Where(job => wanted(job.JobType)).Select(job => Pair(job.Id.Value, job)));
    }

    private static KeyValuePair<string, object> Pair(string key, object source) => KeyValuePair.Create(key, source);

    /// <summary>A worker without its load, which changes all the time and is a topic of its own.</summary>
    private sealed class WorkerSample(WorkerView view)
    {
        public object Written => new
        {
            worker_id = view.Worker.Id.Value,
            health = ApiObjects.Snake(view.Worker.Health.ToString()),
            draining = view.Worker.Draining,
            address = view.Session?.RemoteAddress,
            version = Some(view.Worker.WorkerVersion),
            generation = view.Worker.Generation,
            connected_at = view.Worker.ConnectedAt,
            disconnected_at = view.Worker.DisconnectedAt,
            disconnect_reason = Some(view.Worker.DisconnectReason),
            job_types = view.Worker.Capabilities.Keys,
            labels = view.Worker.Labels,
            conflict = view.Worker.Conflict is { } conflict ? new { conflict.OlderAddress, conflict.NewerAddress, conflict.Since } : null,
        };

        // A heartbeat alone is no change.
        public override bool Equals(object? other) => other is WorkerSample sample && (view.Worker with { LastSeenAt = sample.Worker.LastSeenAt }).Equals(sample.Worker);

        public override int GetHashCode() => view.Worker.Id.GetHashCode();

        private Server.Core.Workers.Worker Worker => view.Worker;
    }

    private sealed record QueueSample(string JobType, string Phase, bool Paused, int Queued, int Scheduled, int Backoff, int Blocked, int Assigned, int Running, int Limit, DateTimeOffset? NextDetectionAt)
    {
        public static QueueSample Of(JobTypeView type) => new(
            type.Name, type.Phase, type.IsPaused, type.Counts.Queued, type.Counts.Scheduled, type.Counts.Backoff, type.Counts.Blocked, type.Counts.Assigned, type.Counts.Running, type.Policy.GlobalConcurrency, type.NextDetectionAt);
    }

    private sealed record LoadSample(string WorkerId, int ExecutionUsed, int ExecutionTotal, int DetectionUsed, int DetectionTotal)
    {
        public static LoadSample Of(WorkerView view) => new(view.Worker.Id.Value, view.ExecutionUsed, view.ExecutionTotal, view.DetectionUsed, view.DetectionTotal);
    }

    /// <summary>A waiting job with the code of what it waits for; the sentence goes along, but its numbers alone are no change.</summary>
    private sealed class JobSample(Job job, string code, Waiting waiting)
    {
        public object Written
        {
            get
            {
                var written = System.Text.Json.JsonSerializer.SerializeToNode(ApiObjects.Job(job), Options)!.AsObject();
                written["waiting"] = System.Text.Json.JsonSerializer.SerializeToNode(ApiObjects.Reason(waiting), Options);
                return written;
            }
        }

        public override bool Equals(object? other) => other is JobSample sample && sample.Job.Equals(job) && sample.Code == code;

        public override int GetHashCode() => job.Id.GetHashCode();

        private Job Job => job;

        private string Code => code;
    }
}

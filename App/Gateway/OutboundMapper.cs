using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Message → wire. Envelope and body carry the same request id, always: some workers read one, some the other.</summary>
public static class OutboundMapper
{
    public static Wire.AdminToWorkerMessage ToWire(Outbound message, Func<JobId, JobPayload> payload, DateTimeOffset now)
    {
        var envelope = message switch
        {
            Outbound.Hello hello => new Wire.AdminToWorkerMessage { Hello = Hello(hello) },
            Outbound.RequestSchema request => new Wire.AdminToWorkerMessage
            {
                RequestId = request.RequestId.Value,
                RequestConfigSchema = new Wire.RequestConfigSchema { JobType = request.JobType, ForceRefresh = request.ForceRefresh },
            },
            Outbound.RunDetection detection => new Wire.AdminToWorkerMessage { RequestId = detection.RequestId.Value, RunDetectionRequest = Detection(detection) },
            Outbound.ExecuteJob execute => new Wire.AdminToWorkerMessage { RequestId = execute.RequestId.Value, ExecuteJobRequest = Execute(execute, payload) },
            Outbound.Cancel cancel => new Wire.AdminToWorkerMessage
            {
                RequestId = cancel.Target.Value,
                CancelRequest = new Wire.CancelRequest { TargetId = cancel.Target.Value, TargetKind = (Wire.WorkKind)cancel.Kind, Reason = cancel.Reason, Force = cancel.Force },
            },
            Outbound.CompletedAck ack => new Wire.AdminToWorkerMessage
            {
                RequestId = ack.RequestId.Value,
                JobCompletedAck = new Wire.JobCompletedAck { RequestId = ack.RequestId.Value, JobId = ack.Job.Value },
            },
            Outbound.PreviewObject preview => new Wire.AdminToWorkerMessage
            {
                RequestId = preview.RequestId.Value,
                RequestObjectPreview = new Wire.RequestObjectPreview { ObjectId = { preview.ObjectId }, Format = preview.Format, RowLimit = preview.RowLimit },
            },
            Outbound.Ping ping => new Wire.AdminToWorkerMessage { Ping = new Wire.Ping { Nonce = ping.Nonce } },
            Outbound.Drain drain => new Wire.AdminToWorkerMessage { Drain = new Wire.Drain { Enabled = drain.Enabled, Reason = drain.Reason } },
            _ => throw new ArgumentOutOfRangeException(nameof(message), message.GetType().Name, "unknown message"),
        };
        envelope.SentAt = Timestamp.FromDateTimeOffset(now);
        return envelope;
    }

    /// <summary>Where it came from is said even when there is nothing else to say.</summary>
    public static Wire.ClusterContext ToWire(ClusterContext cluster) => new()
    {
        MasterGrpcAddresses = { cluster.MasterGrpcAddresses },
        FilerAddresses = { cluster.FilerAddresses },
        VolumeGrpcAddresses = { cluster.VolumeGrpcAddresses },
        S3GrpcAddresses = { cluster.S3GrpcAddresses },
        Metadata = { cluster.Metadata.SetItem("source", "admin") },
    };

    private static Wire.AdminHello Hello(Outbound.Hello hello) => new()
    {
        Accepted = true,
        Message = hello.Message,
        HeartbeatIntervalSeconds = (int)hello.HeartbeatInterval.TotalSeconds,
        ReconnectDelaySeconds = (int)hello.ReconnectDelay.TotalSeconds,
        Extensions = { hello.Extensions },
    };

    private static Wire.RunDetectionRequest Detection(Outbound.RunDetection detection)
    {
        var wire = new Wire.RunDetectionRequest
        {
            RequestId = detection.RequestId.Value,
            JobType = detection.JobType,
            DetectionSequence = detection.Sequence,
            AdminRuntime = DescriptorMapper.ToWire(detection.Runtime),
            ClusterContext = ToWire(detection.Cluster),
            LastSuccessfulRun = detection.LastSuccessfulRun is { } last ? Timestamp.FromDateTimeOffset(last) : null,
            MaxResults = detection.MaxResults,
        };
        ConfigValueMapper.ToWire(detection.AdminValues, wire.AdminConfigValues);
        ConfigValueMapper.ToWire(detection.WorkerValues, wire.WorkerConfigValues);
        return wire;
    }

    private static Wire.ExecuteJobRequest Execute(Outbound.ExecuteJob execute, Func<JobId, JobPayload> payload)
    {
        var job = execute.Job;
        var content = job.Payload ?? payload(job.Id);
        var spec = new Wire.JobSpec
        {
            JobId = job.Id.Value,
            JobType = job.JobType,
            DedupeKey = job.DedupeKey == job.Id.Value ? "" : job.DedupeKey,
            Priority = WirePriority.ToWire(job.Priority),
            Summary = job.Summary,
            Detail = content.Detail,
            Labels = { job.Labels },
            CreatedAt = Timestamp.FromDateTimeOffset(job.CreatedAt),
            ScheduledAt = Timestamp.FromDateTimeOffset(job.DueAt),
        };
        ConfigValueMapper.ToWire(content.Parameters, spec.Parameters);
        var wire = new Wire.ExecuteJobRequest
        {
            RequestId = execute.RequestId.Value,
            Job = spec,
            AdminRuntime = DescriptorMapper.ToWire(execute.Runtime),
            ClusterContext = ToWire(execute.Cluster),
            Attempt = execute.Attempt,
        };
        ConfigValueMapper.ToWire(execute.AdminValues, wire.AdminConfigValues);
        ConfigValueMapper.ToWire(execute.WorkerValues, wire.WorkerConfigValues);
        return wire;
    }
}

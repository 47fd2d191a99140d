using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What a worker says of itself: who it is, what it offers, what it does right now.</summary>
internal sealed class SelfDescription(WorkerOptions options, WorkRunner runner, IReadOnlyDictionary<string, IJobHandler> handlers, string workerId)
{
    /// <param name="instanceId">Fresh per session.</param>
    /// <param name="claim">The former admin keeps leases: what still runs is listed.</param>
    public WorkerHello Hello(string instanceId, bool claim)
    {
        var hello = new WorkerHello
        {
            WorkerId = workerId,
            WorkerInstanceId = instanceId,
            WorkerVersion = options.Version,
            ProtocolVersion = "plugin.v1",
        };
        foreach (var handler in handlers.Values)
        {
            hello.Capabilities.Add(new JobTypeCapability
            {
                JobType = handler.Descriptor.JobType,
                CanDetect = handler.CanDetect,
                CanExecute = handler.CanExecute,
                MaxDetectionConcurrency = options.DetectionSlots,
                MaxExecutionConcurrency = options.ExecutionSlots,
                DisplayName = handler.Descriptor.DisplayName,
                Description = handler.Descriptor.Description,
                Weight = handler.Weight,
            });
        }

        foreach (var (key, value) in options.Labels)
        {
            hello.Metadata[$"label.{key}"] = value;
        }

        foreach (var (key, value) in options.Metadata)
        {
            hello.Metadata[key] = value;
        }

        if (options.Extensions.Count > 0)
        {
            hello.Metadata["extensions"] = string.Join(',', options.Extensions);
        }

        if (claim)
        {
            hello.RunningWork.AddRange(runner.Running.Where(attempt => !attempt.IsLate).Select(Claimed));
        }

        return hello;
    }

    /// <param name="resumes">The admin keeps leases, and knows work by its request.</param>
    public WorkerHeartbeat Heartbeat(bool resumes)
    {
        var (detections, executions) = runner.Used;
        var beat = new WorkerHeartbeat
        {
            WorkerId = workerId,
            DetectionSlotsUsed = detections,
            DetectionSlotsTotal = options.DetectionSlots,
            ExecutionSlotsUsed = executions,
            ExecutionSlotsTotal = options.ExecutionSlots,
            Metadata = { ["runtime"] = "dotnet" },
        };
        beat.RunningWork.AddRange(runner.Running.Select(attempt => resumes ? Claimed(attempt) : attempt.Snapshot()));
        if (runner.Draining)
        {
            beat.Metadata["draining"] = "true";
        }

        if (runner.Health.Text is { Length: > 0 } health)
        {
            beat.Metadata["health"] = health;
        }

        return beat;
    }

    /// <summary>The answer to a request for a descriptor.</summary>
    public WorkerToAdminMessage Schema(AdminToWorkerMessage request)
    {
        var asked = request.RequestConfigSchema.JobType;
        var handler = asked.Length == 0 && handlers.Count == 1 ? handlers.Values.First() : handlers.GetValueOrDefault(asked);
        return new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = request.RequestId,
                JobType = handler?.Descriptor.JobType ?? asked,
                Success = handler is not null,
                ErrorMessage = handler is not null ? "" : asked.Length == 0 ? "job_type is required" : $"job type {asked} is not known here; known are: {string.Join(", ", handlers.Keys)}",
                JobTypeDescriptor = handler?.Descriptor,
            },
        };
    }

    private static RunningWork Claimed(RunningAttempt attempt)
    {
        var work = attempt.Snapshot();
        work.RequestId = attempt.RequestId;
        return work;
    }
}

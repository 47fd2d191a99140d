using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Log chunks → log store, past the engine. The snapshot is the fence: only the holder of an attempt writes its output.</summary>
public sealed partial class JobOutput(IAdmin admin, JobLogStore store, ILogger<JobOutput> logger)
{
    /// <summary>What the engine must hear: that it was dropped, and why, or that the attempt is at work. Null: nothing.</summary>
    /// <param name="droppedBefore">Pieces of the session that were dropped before this one.</param>
    public async Task<WorkerInput?> AppendAsync(SessionId session, Wire.JobLogChunk chunk, long droppedBefore, CancellationToken cancellationToken)
    {
        var state = admin.States.Current.Value;
        if (!state.Sessions.TryGetValue(session, out var holder)
            || !holder.Held.TryGetValue(new RequestId(chunk.RequestId), out var job)
            || !state.Jobs.TryGetValue(job, out var held))
        {
            return Dropped(InboundMapper.Job(chunk.JobId), isHeld: false, "it does not hold the attempt");
        }

        if (chunk.Data.Length > WireLimits.LogChunk || chunk.Offset < 0 || chunk.LeftOut < 0 || chunk.LeftOut > long.MaxValue - WireLimits.LogChunk - chunk.Offset)
        {
            return Dropped(job, isHeld: true, chunk.Offset < 0 ? $"its offset is {chunk.Offset}" : chunk.Data.Length <= WireLimits.LogChunk ? $"{chunk.LeftOut} bytes behind {chunk.Offset} cannot be" : $"a piece has {chunk.Data.Length} bytes, at most {WireLimits.LogChunk} are taken");
        }

        try
        {
            var stream = chunk.Stream == Wire.LogStream.Stderr ? LogStream.Stderr : LogStream.Stdout;
            await store.AppendAsync(job, held.Attempt!.Number, stream, chunk.Offset, chunk.Data.Memory, OutputLimit.Of(state.JobTypes.GetValueOrDefault(held.JobType)), cancellationToken);
            if (chunk.LeftOut > 0)
            {
                store.LeftOut(job, held.Attempt!.Number, stream, chunk.Offset + chunk.Data.Length + chunk.LeftOut);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The job goes on; its output shows the gap.
            LogFailed(logger, exception, job.Value);
        }

        return held.State == JobState.Assigned ? new WorkerInput.OutputCame(session, InboundMapper.Request(chunk.RequestId)) : null;

        WorkerInput.OutputDropped Dropped(JobId of, bool isHeld, string why) => new(session, InboundMapper.Request(chunk.RequestId), of, isHeld, why, droppedBefore + 1);
    }

    [LoggerMessage(30, LogLevel.Warning, "Output of job {Job} could not be stored")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}

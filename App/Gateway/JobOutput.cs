using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Log chunks → log store, past the engine. The snapshot is the fence: only the holder of an attempt writes its output.</summary>
public sealed partial class JobOutput(IAdmin admin, JobLogStore store, ILogger<JobOutput> logger)
{
    public async Task AppendAsync(SessionId session, Wire.JobLogChunk chunk, CancellationToken cancellationToken)
    {
        var state = admin.States.Current.Value;
        if (chunk.Data.Length > WireLimits.LogChunk || chunk.Offset < 0
            || !state.Sessions.TryGetValue(session, out var holder)
            || !holder.Held.TryGetValue(new RequestId(chunk.RequestId), out var job)
            || !state.Jobs.TryGetValue(job, out var held))
        {
            return;
        }

        try
        {
            var stream = chunk.Stream == Wire.LogStream.Stderr ? LogStream.Stderr : LogStream.Stdout;
            await store.AppendAsync(job, held.Attempt!.Number, stream, chunk.Offset, chunk.Data.Memory, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The job goes on; its output shows the gap.
            LogFailed(logger, exception, job.Value);
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "Output of job {Job} could not be stored")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}

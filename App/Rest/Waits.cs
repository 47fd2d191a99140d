using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Waits for something to end by following the engine's feed; a caller that gives up changes nothing.</summary>
public sealed class Waits(IAdmin admin, TimeProvider time)
{
    /// <summary>The detection once it has ended and, if asked, all its jobs too; the last known version when the time is over.</summary>
    public async Task<Detection?> DetectionAsync(RequestId id, bool withJobs, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        var version = -1L;
        Detection? last = null;
        try
        {
            while (true)
            {
                var (newest, state) = await admin.States.NewerAsync(version, either.Token);
                version = newest;
                if (!state.Detections.TryGetValue(id, out var detection))
                {
                    return Known(state, id) ?? await admin.History.DetectionAsync(id, cancellationToken) ?? last;
                }

                last = detection;
                if (!detection.IsOpen && !withJobs)
                {
                    return detection;
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The time may be over before the newest version was looked at.
            return Known(admin.States.Current.Value, id) ?? last;
        }
    }

    /// <summary>The job once it has ended; null when the time is over before.</summary>
    public async Task<Job?> JobAsync(JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        var version = -1L;
        try
        {
            while (true)
            {
                var (newest, state) = await admin.States.NewerAsync(version, either.Token);
                version = newest;
                if (!state.Jobs.ContainsKey(id) && await admin.History.JobAsync(id, cancellationToken) is { Job.IsTerminal: true } record)
                {
                    return record.Job;
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Detection? Known(AdminState state, RequestId id) =>
        state.Detections.GetValueOrDefault(id) ?? state.JobTypes.Values.SelectMany(type => type.RecentDetections).FirstOrDefault(ended => ended.Id == id);
}

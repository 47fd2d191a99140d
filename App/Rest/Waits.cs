using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
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

    /// <summary>Asks a worker to describe a job type, and waits for what it says. Null: it did, or nobody needed to be asked; else why the type is described as before.</summary>
    public async Task<Refusal?> DescribedAsync(RefreshSchema command, CancellationToken cancellationToken)
    {
        var (type, heard) = (command.JobType, admin.States.Current.Value.LastActivity);
        var reply = await admin.SendAsync(command, cancellationToken);
        if (!reply.IsAccepted || reply.Value.RequestId is null)
        {
            return reply.Refusal;
        }

        using var over = new CancellationTokenSource(LongestDescription, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            var (version, state) = admin.States.Current;
            while (state.Sessions.Values.Any(session => session.SchemaJobType == type || session.SchemaQueue.Contains(type)))
            {
                (version, state) = await admin.States.NewerAsync(version, either.Token);
            }

            return state.Activities.LastOrDefault(line => line.Sequence > heard && line.Stage == "schema" && line.JobType == type) is { Severity: ActivitySeverity.Warning or ActivitySeverity.Bad } trouble
                ? new Refusal(RefusalCode.Unavailable, trouble.Message)
                : null;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return new Refusal(RefusalCode.Unavailable, $"no worker described {type} within {LongestDescription.TotalSeconds} s");
        }
    }

    /// <summary>A detection as it ended, with those of the other workers where each sees only its own; or as they are when the time is over.</summary>
    public async Task<ImmutableArray<Detection>> RoundAsync(Detection first, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ImmutableArray<Detection> last = [first];
        await foreach (var round in FollowRoundAsync(first, timeout, cancellationToken))
        {
            last = round;
        }

        return last;
    }

    /// <summary>What went wrong in any of them, and where there are several whose it is.</summary>
    internal static string ErrorOf(ImmutableArray<Detection> round) => string.Join(
        "; ", round.Where(detection => detection.Error.Length > 0).Select(detection => round.Length == 1 ? detection.Error : $"{detection.Worker}: {detection.Error}"));

    /// <summary>
    /// A detection as it is, whenever it has come further, until it has ended or the time is over; where each worker sees only its own, with
    /// those of the other workers. Who reads slowly sees it less often.
    /// </summary>
    /// <param name="timeout">Of each of them. The engine ends them at theirs, which is to be seen, so that the wait is a little longer.</param>
    public async IAsyncEnumerable<ImmutableArray<Detection>> FollowRoundAsync(Detection first, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Where each sees only its own they are asked one after the other.
        var left = first.ForWorker is null ? 0 : admin.States.Current.Value.JobType(first.JobType).Round?.Left.Length ?? 0;
        using var over = new CancellationTokenSource((timeout + Little) * (left + 1), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        var version = -1L;
        var (told, isOver) = (ImmutableArray<Detection>.Empty, false);
        while (!isOver && await NextAsync() is { } state)
        {
            var round = RoundOf(state, first);
            if (round.IsEmpty)
            {
                // So many have ended since that the state knows it no more.
                if (await admin.History.DetectionAsync(first.Id, cancellationToken) is { } kept)
                {
                    yield return [kept];
                }

                yield break;
            }

            isOver = !round.Any(detection => detection.IsOpen) && (first.ForWorker is null || state.JobType(first.JobType).Round is not { Command.Mode: not DetectionMode.Scheduled });
            if (!round.AsSpan().SequenceEqual(told.AsSpan(), ReferenceEqualityComparer.Instance))
            {
                yield return told = round;
            }
        }

        async ValueTask<AdminState?> NextAsync()
        {
            try
            {
                (version, var state) = await admin.States.NewerAsync(version, either.Token);
                return state;
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>How long a caller may ask to wait for a job within one call.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestDescription = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(5);

    /// <summary>The job as it ended, or as it is when the time is over.</summary>
    public async Task<Job> EndAsync(Job job, TimeSpan timeout, CancellationToken cancellationToken) =>
        job.IsTerminal || timeout <= TimeSpan.Zero ? job
            : await JobAsync(job.Id, timeout, cancellationToken) ?? admin.States.Current.Value.Jobs.GetValueOrDefault(job.Id) ?? job;

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

    private static ImmutableArray<Detection> RoundOf(AdminState state, Detection first) =>
        [.. state.Detections.Values.Concat(state.JobTypes.GetValueOrDefault(first.JobType)?.RecentDetections ?? [])
            .Where(detection => detection.Id == first.Id
                || (first.ForWorker is not null && detection is { ForWorker: not null } && detection.JobType == first.JobType && detection.Mode == first.Mode && detection.By == first.By && detection.Sequence > first.Sequence))
            .OrderBy(detection => detection.Sequence)];

    private static Detection? Known(AdminState state, RequestId id) =>
        state.Detections.GetValueOrDefault(id) ?? state.JobTypes.Values.SelectMany(type => type.RecentDetections).FirstOrDefault(ended => ended.Id == id);
}

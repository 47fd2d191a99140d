using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Server.Core.Operations;

/// <summary>
/// Works on the operations that began, one after the other. Each job is asked by the command a person would send, some at a time,
/// so that no round of the engine has more than those to do.
/// </summary>
public sealed partial class BulkRunner(IAdmin admin, ILogger<BulkRunner> logger) : BackgroundService
{
    private const int AtOnce = 50;

    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var version = -1L;
        try
        {
            while (true)
            {
                var newest = await admin.States.NewerAsync(version, stoppingToken);
                version = newest.Version;
                if (newest.Value.Operations.FirstOrDefault(operation => operation.IsOpen) is { } next)
                {
                    await RunAsync(next, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next process says what was left.
        }
    }

    private async Task RunAsync(BulkOperation operation, CancellationToken cancellationToken)
    {
        try
        {
            var batch = new List<Job>(AtOnce);
            await foreach (var job in BulkSource.ReadAsync(admin, operation.Query, operation.Jobs, operation.StartedAt, cancellationToken))
            {
                batch.Add(job);
                if (batch.Count < AtOnce)
                {
                    continue;
                }

                if (await AdvanceAsync(operation, batch, isOver: false, cancellationToken) is not { State: OperationState.Running })
                {
                    batch.Clear();
                    break;
                }

                batch.Clear();
            }

            await AdvanceAsync(operation, batch, isOver: true, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, exception, operation.Id);
            var failure = new BulkProgress([], [], [new BulkOutcome(default, "the jobs could not be read; the log has the details")]);
            await ReportAsync(new AdvanceBulk(operation.Id, failure, IsOver: true), cancellationToken);
        }
    }

    private async Task<BulkOperation?> AdvanceAsync(BulkOperation operation, List<Job> jobs, bool isOver, CancellationToken cancellationToken)
    {
        var outcomes = await Task.WhenAll(jobs.Select(job => ActAsync(operation, job, cancellationToken)));
        var progress = new BulkProgress(
            [.. outcomes.Where(outcome => outcome is { Skipped: null, Refused: null }).Select(outcome => outcome.Job)],
            [.. outcomes.Where(outcome => outcome.Skipped is not null).Select(outcome => new BulkOutcome(outcome.Job, outcome.Skipped!))],
            [.. outcomes.Where(outcome => outcome.Refused is not null).Select(outcome => new BulkOutcome(outcome.Job, outcome.Refused!))]);
        return await ReportAsync(new AdvanceBulk(operation.Id, progress, isOver), cancellationToken);
    }

    private async Task<(JobId Job, string? Skipped, string? Refused)> ActAsync(BulkOperation operation, Job job, CancellationToken cancellationToken)
    {
        if (BulkRules.Skip(operation.Action, job) is { } why)
        {
            return (job.Id, why, null);
        }

        // Its author was allowed to ask for all of this, perhaps before a restart.
        var by = Actor.Scheduler with { Name = operation.By, Via = operation.Via };
        while (true)
        {
            var refusal = operation.Action switch
            {
                BulkAction.Cancel => (await admin.SendAsync(new CancelJob(by, job.Id, operation.Reason), cancellationToken)).Refusal,
                BulkAction.Retry => (await admin.RetryAsync(by, job.Id, cancellationToken)).Refusal,
                BulkAction.Expire => (await admin.SendAsync(new ExpireJob(by, job.Id, operation.Reason), cancellationToken)).Refusal,
                BulkAction.Delete => (await admin.SendAsync(new ForgetJob(by, job.Id), cancellationToken)).Refusal,
                BulkAction.SetPriority => (await admin.SendAsync(new SetPriority(by, job.Id, operation.Priority), cancellationToken)).Refusal,
                _ => (await admin.SendAsync(new SetLabels(by, job.Id, operation.Labels), cancellationToken)).Refusal,
            };
            if (refusal?.Code != RefusalCode.Unavailable)
            {
                return (job.Id, null, refusal?.Text);
            }

            // A full disk or a busy moment: nothing was changed, and the operation is not over for it.
            await Task.Delay(StorePause, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<BulkOperation?> ReportAsync(AdvanceBulk report, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await admin.SendAsync(report, cancellationToken);
            if (reply.Refusal?.Code != RefusalCode.Unavailable)
            {
                return reply.Value;
            }

            await Task.Delay(StorePause, TimeProvider.System, cancellationToken);
        }
    }

    [LoggerMessage(30, LogLevel.Error, "Operation {Operation} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string operation);
}

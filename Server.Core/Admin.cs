using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core;

/// <summary>The door in front of the engine.</summary>
public sealed class Admin(AdminEngine engine, IAdminStore store, ReadModelPublisher views) : IAdmin, IWorkerInbox, IClusterInbox
{
    /// <summary>Proposals, and characters of their values, that one step takes in: some milliseconds.</summary>
    private const int ProposalSlice = 200;
    private const int SliceSize = 1024 * 1024;

    private long _lastSession;

    public Feed<ReadModel> Views => views.Feed;

    public Feed<AdminState> States => engine.States;

    public JobJournal Journal => engine.Journal;

    public IAdminHistory History { get; } = new HistoryWithQueue(store.History, engine);

    public SessionId NextSession() => new(Interlocked.Increment(ref _lastSession));

    public async ValueTask PostAsync(WorkerInput input, CancellationToken cancellationToken)
    {
        if (input is not WorkerInput.Proposed batch)
        {
            await engine.Inbox.ReportAsync(new Letter(input, null), cancellationToken);
            return;
        }

        // Slice by slice, each committed before the next is offered: a hundred thousand proposals hold up nobody else.
        var left = batch.Proposals;
        do
        {
            var slice = left[..SliceOf(left)];
            left = left[slice.Length..];
            var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await engine.Inbox.ReportAsync(new Letter(batch with { Proposals = slice }, null, settled.SetResult), cancellationToken);
            await settled.Task.WaitAsync(cancellationToken);
        }
        while (left.Length > 0);
    }

    public bool TryNote(SecretsLost lost) => engine.Inbox.TryCommand(new Letter(lost, null));

    public ValueTask PostAsync(ClusterInput input, CancellationToken cancellationToken) => engine.Inbox.ReportAsync(new Letter(input, null), cancellationToken);

    public async Task<Reply<T>> SendAsync<T>(Command<T> command, CancellationToken cancellationToken)
    {
        if (command.By.Refuse(command.Needs) is { } denied)
        {
            return denied;
        }

        if (States.Current.Value.Store is { Writable: false } store)
        {
            return StoreUnavailable(store);
        }

        if (command is SubmitJob submission && await KeyLookup.FillAsync(submission, States.Current.Value, History, cancellationToken) is Command<T> filled)
        {
            command = filled;
        }
        else if (command is SubmitGroup group && await KeyLookup.FillAsync(group, States.Current.Value, History, cancellationToken) is Command<T> whole)
        {
            command = whole;
        }

        var answered = new TaskCompletionSource<Reply<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var letter = new Letter(command, reply => answered.TrySetResult(reply as Reply<T> ?? (Refusal)reply));
        return engine.Inbox.TryCommand(letter)
            ? await answered.Task.WaitAsync(cancellationToken)
            : new Refusal(RefusalCode.Unavailable, "the admin is very busy; nothing was changed, try again in a moment");
    }

    public WaitingReasons Reasons() => new(States.Current.Value, engine.Now());

    public WaitingExplanation? Explain(JobId job) => WaitingReason.Explain(States.Current.Value, job, engine.Now());

    public async Task<Reply<Job>> RetryAsync(Actor by, JobId job, CancellationToken cancellationToken, RetryChanges? changes = null)
    {
        if (by.Refuse(Permission.JobsControl) is { } denied)
        {
            return denied;
        }

        var wanted = changes ?? RetryChanges.None;
        if (States.Current.Value.Jobs.TryGetValue(job, out var open))
        {
            return !wanted.Now ? new Refusal(RefusalCode.WrongState, $"job {job} is {open.State} and has not ended; say now to start it without waiting")
                : wanted.Parameters is not null || wanted.Priority is not null ? new Refusal(RefusalCode.WrongState, $"job {job} has not ended; its next attempt does what the others did")
                : await SendAsync(new RetryNow(by, job), cancellationToken);
        }

        if (await History.JobAsync(job, cancellationToken) is not { } record)
        {
            return new Refusal(RefusalCode.NotFound, $"job {job} is not known; it may be older than the retention");
        }

        if (LostSecrets.Repeat(job, record.Payload, wanted.Parameters) is { } unreadable)
        {
            return unreadable;
        }

        var queueTtl = States.Current.Value.JobTypes.GetValueOrDefault(record.Job.JobType)?.Dispatch.QueueTtl;
        var reply = await SendAsync(Twin.Of(record, by, wanted, queueTtl, engine.Now().Wall), cancellationToken);
        return reply.Select(submission => submission.Job);
    }

    /// <summary>Said to whoever wants something written while that is not possible.</summary>
    internal static Refusal StoreUnavailable(StoreHealth store) =>
        new(RefusalCode.Unavailable, $"the store takes no writes: {store.Problem}. Nothing was changed; try again when it works");

    private static int SliceOf(ImmutableArray<Proposal> proposals)
    {
        var (count, size) = (0, 0L);
        while (count < proposals.Length && count < ProposalSlice && (count == 0 || size < SliceSize))
        {
            size += proposals[count].Detail.Length + ConfigValueSize.Of(proposals[count].Parameters);
            count++;
        }

        return count;
    }
}

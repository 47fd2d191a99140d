using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Takes what a detector proposes and sends it in batches, no more than was asked for, as fast as the admin takes them or not much faster.</summary>
/// <param name="request">Which detection.</param>
/// <param name="time">For how long a detector is held up.</param>
/// <param name="needsKeys">The admin gives its jobs new ids: without a key it finds no job that is already running.</param>
/// <param name="send">Completes when the batch is on its way.</param>
/// <param name="refuse">Told of what is too large to be sent.</param>
/// <param name="canceled">The detection is over.</param>
internal sealed class ProposalSink(
    RunDetectionRequest request, TimeProvider time, Func<bool> needsKeys, Func<WorkerToAdminMessage, Task> send, Action<string> refuse, CancellationToken canceled)
{
    /// <summary>Batches that were not taken in time; one more of them fails the detection.</summary>
    public const int MostWaiting = 16;

    private const int BatchCount = 500;
    private const int BatchSize = 1024 * 1024;

    /// <summary>An admin that takes nothing holds up a detector no longer than this, once for each batch.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<Task> _leaving = [];
    private DetectionProposals _batch = Empty(request);
    private int _size;
    private int _sent;

    /// <summary>Proposed so far.</summary>
    public int Count { get; private set; }

    /// <summary>Of these, on their way.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>As many as were asked for were proposed.</summary>
    public bool IsFull => request.MaxResults > 0 && Count >= request.MaxResults;

    public async ValueTask AddAsync(Proposal proposal)
    {
        if (IsFull)
        {
            return;
        }

        var wire = Results.Proposed(proposal, request.JobType);
        if (wire.DedupeKey.Length == 0 && needsKeys())
        {
            wire.DedupeKey = wire.ProposalId;
        }

        var bytes = wire.CalculateSize();
        if (bytes > BatchSize)
        {
            refuse($"the proposal {proposal.Id} has {bytes} bytes and is not sent; the limit is {BatchSize}");
            return;
        }

        if (_batch.Proposals.Count == BatchCount || _size + bytes > BatchSize)
        {
            await FlushInTimeAsync().ConfigureAwait(false);
        }

        _batch.Proposals.Add(wire);
        _size += bytes;
        Count++;
    }

    /// <summary>Completes when all is on its way. There may be more than was asked for.</summary>
    public async Task FinishAsync()
    {
        await Task.WhenAll(_leaving).ConfigureAwait(false);
        await FlushAsync(hasMore: IsFull).ConfigureAwait(false);
    }

    /// <summary>Completes when nothing is left of what a detector proposed before it failed, also when it is cancelled.</summary>
    public async Task LeftAsync() => await Task.WhenAll(_leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>What the admin does not take in time leaves later.</summary>
    private async Task FlushInTimeAsync()
    {
        var leaving = FlushAsync(hasMore: true);
        _leaving.RemoveAll(batch => batch.IsCompletedSuccessfully);
        _leaving.Add(leaving);
        if (!await leaving.WithinAsync(Patience, time, canceled).ConfigureAwait(false))
        {
            canceled.ThrowIfCancellationRequested();
            if (_leaving.Count(batch => !batch.IsCompletedSuccessfully) > MostWaiting)
            {
                throw new TimeoutException($"the admin takes no proposals: {MostWaiting} batches of them wait");
            }
        }
    }

    private async Task FlushAsync(bool hasMore)
    {
        var full = _batch;
        full.HasMore = hasMore;
        (_batch, _size) = (Empty(request), 0);
        await send(new WorkerToAdminMessage { DetectionProposals = full }).ConfigureAwait(false);
        Interlocked.Add(ref _sent, full.Proposals.Count);
    }

    private static DetectionProposals Empty(RunDetectionRequest request) => new() { RequestId = request.RequestId, JobType = request.JobType };
}

using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Takes what a detector proposes and sends it in batches, no more than was asked for.</summary>
/// <param name="needsKeys">The admin gives its jobs new ids: without a key it finds no job that is already running.</param>
/// <param name="send">Completes when the batch is on its way.</param>
/// <param name="refuse">Told of what is too large to be sent.</param>
internal sealed class ProposalSink(RunDetectionRequest request, Func<bool> needsKeys, Func<WorkerToAdminMessage, Task> send, Action<string> refuse)
{
    private const int BatchCount = 500;
    private const int BatchSize = 1024 * 1024;

    private DetectionProposals _batch = Empty(request);
    private int _size;

    public int Count { get; private set; }

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
            await FlushAsync(hasMore: true).ConfigureAwait(false);
        }

        _batch.Proposals.Add(wire);
        _size += bytes;
        Count++;
    }

    /// <summary>Sends the rest. There may be more than was asked for.</summary>
    public Task FinishAsync() => FlushAsync(hasMore: IsFull);

    private async Task FlushAsync(bool hasMore)
    {
        var full = _batch;
        full.HasMore = hasMore;
        (_batch, _size) = (Empty(request), 0);
        await send(new WorkerToAdminMessage { DetectionProposals = full }).ConfigureAwait(false);
    }

    private static DetectionProposals Empty(RunDetectionRequest request) => new() { RequestId = request.RequestId, JobType = request.JobType };
}

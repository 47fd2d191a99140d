using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Proposals for an admin that reads nothing, until it is told to.</summary>
public sealed class ProposalSinkTests : IDisposable
{
    private const int Batch = 500;

    private readonly ManualTimeProvider _clock = new();
    private readonly CancellationTokenSource _canceled = new();
    private readonly TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<DetectionProposals> _sent = [];
    private readonly ProposalSink _sink;

    public ProposalSinkTests() => _sink = new ProposalSink(new RunDetectionRequest { RequestId = "d", JobType = "t" }, () => false, SendAsync, _ => { }, _clock, _canceled.Token);

    public void Dispose() => _canceled.Dispose();

    [Fact]
    public async Task Detector_IsHeldUpFor5s_AndWhatItFoundIsSentInTheEnd()
    {
        await FillAsync();
        var held = ProposeAsync(Batch);
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(held.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await held.InTimeAsync("the end of the hold-up");
        _reads.SetResult();
        await _sink.FinishAsync().InTimeAsync("the last proposals");
        Assert.Equal([(Batch, true), (1, false)], _sent.Select(batch => (batch.Proposals.Count, batch.HasMore)));
    }

    [Fact]
    public async Task NoMoreThan16Batches_Wait()
    {
        for (var batch = 0; batch < ProposalSink.MostWaiting; batch++)
        {
            await FillAsync(alreadyThere: Math.Min(batch, 1));
            await HeldUpAsync();
        }

        await FillAsync(alreadyThere: 1);
        var failure = await Assert.ThrowsAsync<TimeoutException>(HeldUpAsync);
        Assert.Equal("the admin takes no proposals: 16 batches of them wait", failure.Message);
    }

    [Fact]
    public async Task Cancel_LetsADetectorGo()
    {
        await FillAsync();
        var held = ProposeAsync(Batch);
        await _canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.InTimeAsync("the end of the hold-up"));
    }

    private async Task FillAsync(int alreadyThere = 0)
    {
        for (var n = alreadyThere; n < Batch; n++)
        {
            await ProposeAsync(n).InTimeAsync("a proposal that finds room");
        }
    }

    private async Task HeldUpAsync()
    {
        var held = ProposeAsync(Batch);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await held.InTimeAsync("the end of the hold-up");
    }

    private Task ProposeAsync(int n) => _sink.AddAsync(new Proposal { Id = $"{n}" }).AsTask();

    private async Task SendAsync(WorkerToAdminMessage message)
    {
        await _reads.Task.WaitAsync(_canceled.Token);
        _sent.Add(message.DetectionProposals);
    }
}

using System.Collections.Concurrent;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>A detector and an admin that takes nothing until it is told to.</summary>
public sealed class ProposalTests : IDisposable
{
    private const int Batch = 500;
    private readonly ManualTimeProvider _clock = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(int Count, bool HasMore)> _sent = [];
    private readonly ProposalSink _sink;
    private int _made;

    public ProposalTests() => _sink = new ProposalSink(new RunDetectionRequest { RequestId = "d", JobType = "t" }, _clock, () => false, SendAsync, _ => { }, _cancel.Token);

    public void Dispose() => _cancel.Dispose();

    [Fact]
    public async Task Detector_IsHeldUpFor5Seconds_AndWhatItFoundIsSentInTheEnd()
    {
        var detecting = DetectAsync(2 * Batch + 1);
        await _clock.ArmedAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(Batch, _made);
        _clock.Advance(TimeSpan.FromSeconds(4.999));
        Assert.Equal(Batch, _made);
        _clock.Advance(TimeSpan.FromSeconds(0.001));
        await _clock.ArmedAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(2 * Batch, _made);
        _clock.Advance(TimeSpan.FromSeconds(5));
        _reads.SetResult();
        await detecting.InTimeAsync("the end of the detection");
        Assert.Equal([(Batch, true), (Batch, true), (1, false)], _sent);
        Assert.Equal(2 * Batch + 1, _sink.Sent);
    }

    [Fact]
    public async Task OneBatchMoreThanMayWait_FailsTheDetection_AndTheOthersAreSentAllTheSame()
    {
        var detecting = DetectAsync(18 * Batch);
        for (var batch = 0; batch <= ProposalSink.MostWaiting; batch++)
        {
            await _clock.ArmedAsync(TimeSpan.FromSeconds(5));
            _clock.Advance(TimeSpan.FromSeconds(5));
        }

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => detecting.InTimeAsync("the end of the detection"));
        Assert.Equal("the admin takes no proposals: 16 batches of them wait", failure.Message);
        Assert.Equal(17 * Batch, _made);
        _reads.SetResult();
        await _sink.LeftAsync().InTimeAsync("the last of them");
        Assert.Equal(17 * Batch, _sink.Sent);
    }

    [Fact]
    public async Task Cancel_LetsADetectorGo_ThatIsHeldUp()
    {
        var detecting = DetectAsync(2 * Batch);
        await _clock.ArmedAsync(TimeSpan.FromSeconds(5));
        await _cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detecting.InTimeAsync("the end of the detection"));
        await _sink.LeftAsync().InTimeAsync("the end of what was on its way");
        Assert.Equal(0, _sink.Sent);
    }

    private async Task DetectAsync(int count)
    {
        for (; _made < count; _made++)
        {
            await _sink.AddAsync(new Proposal { Id = $"p-{_made}" });
        }

        await _sink.FinishAsync();
    }

    private async Task SendAsync(WorkerToAdminMessage message)
    {
        await _reads.Task.WaitAsync(_cancel.Token);
        _sent.Enqueue((message.DetectionProposals.Proposals.Count, message.DetectionProposals.HasMore));
    }
}

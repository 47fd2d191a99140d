using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Too much, too often, too large: what is sent stays within its limits, and faults of handlers within theirs.</summary>
public sealed class LimitTests : SdkTest
{
    [Fact]
    public async Task OutOfMemory_EndsTheProcess_AndWhereThatIsNotPossible_OnlyTheAttempt()
    {
        var exits = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = Worker(new Ending(() => throw new InsufficientMemoryException("as you wish")), options => options with { Exit = code => exits.TrySetResult(code) });
        var stream = await StartAsync(worker, "");
        await stream.ExecuteAsync("r", "j", "ending");
        Assert.Equal(70, await exits.Task.InTimeAsync("the exit"));
        Assert.Equal("InsufficientMemoryException: as you wish", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        var stopping = worker.StopAsync();
        await stream.RestAsync();
        stream.End();
        await stopping.InTimeAsync("the worker's stop");
    }

    [Fact]
    public async Task Progress_IsNotToldMoreOften_BecauseOutputPresses()
    {
        var clock = new ManualTimeProvider();
        var worker = Worker(new Chatty(), options => options with { TimeProvider = clock });
        var stream = await StartAsync(worker);
        clock.Advance(TimeSpan.FromMinutes(1));
        await stream.ExecuteAsync("r", "j", "chatty");
        var updates = 0;
        while (await stream.NextAsync() is { JobCompleted: null } message)
        {
            updates += message.JobProgressUpdate is null ? 0 : 1;
        }

        // One when it begins, one with the result: the clock stands still.
        Assert.InRange(updates, 1, 2);
    }

    [Fact]
    public async Task Detections_WaitForTheirSlot_AThousandAtMost()
    {
        var handler = new Searching();
        var stream = await StartAsync(Worker(handler, options => options with { DetectionSlots = 2 }));
        for (var n = 1; n <= 1003; n++)
        {
            await stream.SendAsync(new AdminToWorkerMessage { RequestId = $"d{n}", RunDetectionRequest = new RunDetectionRequest { RequestId = $"d{n}", JobType = "searching" } });
        }

        var refused = (await stream.NextAsync(Body.DetectionComplete)).DetectionComplete;
        Assert.Equal(("d1003", false, "too many detections wait"), (refused.RequestId, refused.Success, refused.ErrorMessage));
        handler.Found.SetResult();
        for (var n = 1; n <= 1002; n++)
        {
            Assert.True((await stream.NextAsync(Body.DetectionComplete)).DetectionComplete.Success);
        }
    }

    [Fact]
    public async Task ProposalThatIsTooLarge_IsNotSent_AndSaidSo()
    {
        var (_, stream) = await ConnectAsync(new Finding(new string('x', 1024 * 1024), "fits"));
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "d", RunDetectionRequest = new RunDetectionRequest { RequestId = "d", JobType = "finding" } });
        var (said, found) = ("", new List<string>());
        WorkerToAdminMessage message;
        while ((message = await stream.NextAsync()).BodyCase != Body.DetectionComplete)
        {
            found.AddRange(message.DetectionProposals?.Proposals.Select(proposal => proposal.Summary) ?? []);
            said += string.Concat(message.JobProgressUpdate?.Activities.Select(activity => activity.Message) ?? []);
        }

        Assert.Equal(["fits"], found);
        Assert.Equal(1, message.DetectionComplete.TotalProposals);
        Assert.StartsWith("the proposal 0 has 10", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DetectionThatThrows_TellsOfItsConfigAllTheSame()
    {
        var (_, stream) = await ConnectAsync(new Finding());
        var request = new RunDetectionRequest { RequestId = "d", JobType = "finding", DetectionSequence = 1_700_000_000_123_456_789 };
        request.WorkerConfigValues["count"] = new ConfigValue { BoolValue = true };
        await stream.SendAsync(new AdminToWorkerMessage { RequestId = "d", RunDetectionRequest = request });
        var said = "";
        WorkerToAdminMessage message;
        while ((message = await stream.NextAsync()).BodyCase != Body.DetectionComplete)
        {
            said += string.Concat(message.JobProgressUpdate?.Activities.Select(activity => activity.Message) ?? []);
        }

        Assert.Equal("InvalidOperationException: nothing to find in 1700000000123456789", message.DetectionComplete.ErrorMessage);
        Assert.StartsWith("count is stored as BoolValue", said, StringComparison.Ordinal);
    }

    /// <summary>Requests are read no faster than their answers go out; who never reads is lost after 30 s.</summary>
    [Fact]
    public async Task AdminThatDoesNotRead_IsLostAfterAWhile()
    {
        var clock = new ManualTimeProvider();
        var (closed, clogged) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var runner = new WorkRunner(new Dictionary<string, IJobHandler>(), new WorkerOptions(), "w", new WorkerFigures("w", () => (0, 0), () => 0));
        using var outbox = new Outbox(new WorkerOptions { TimeProvider = clock }, runner, "w", null!, () =>
        {
            closed++;
            clogged.TrySetResult();
        }, CancellationToken.None);
        await outbox.RoomAsync();
        for (var n = 0; n < Outbox.Most; n++)
        {
            outbox.Put(new WorkerToAdminMessage());
        }

        var waiting = outbox.RoomAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(29));
        outbox.Put(new WorkerToAdminMessage());
        Assert.Equal(0, closed);
        clock.Advance(TimeSpan.FromSeconds(1));
        await clogged.Task.InTimeAsync("the end of patience");
        await waiting.InTimeAsync("the end of the wait");
        outbox.Put(new WorkerToAdminMessage());
        Assert.Equal(2, closed);
        runner.Dispose();
    }

    [Theory]
    [InlineData("äöü", 5, "äö")]
    [InlineData("a😀b", 4, "a")]
    [InlineData("a😀b", 5, "a😀")]
    [InlineData("short", 5, "short")]
    public void Texts_AreCutByBytes_BetweenCharacters(string text, int most, string cut) => Assert.Equal(cut, Results.Cut(text, most));

    [Fact]
    public void Texts_OfReports_AreCut()
    {
        using var attempt = new RunningAttempt("r", "j", "t", isDetection: false, keepsOutput: false, TimeProvider.System, () => { }, CancellationToken.None);
        var much = new string('€', 20_000);
        attempt.Progress(1, much, much);
        attempt.Activity(much, much, []);
        var update = attempt.TakeProgress(TimeProvider.System.GetUtcNow())!;
        Assert.Equal((255 / 3, 16_383 / 3), (update.Stage.Length, update.Message.Length));
        Assert.Equal((255 / 3, 16_383 / 3), (update.Activities[0].Stage.Length, update.Activities[0].Message.Length));
    }

    [Theory]
    [InlineData("", "context canceled")]
    [InlineData("no longer wanted", "context canceled: no longer wanted")]
    [InlineData("Context canceled.", "Context canceled.")]
    [InlineData("kubectl: context canceled", "context canceled: kubectl: context canceled")]
    public void CanceledOutcome_SaysSoInTheWordsOfTheProtocol(string reason, string text) => Assert.Equal((false, text), (JobOutcome.Canceled(reason).Success, JobOutcome.Canceled(reason).Text));

    [Fact]
    public void Limits_OfMessages_AreThoseOfTheProtocol()
    {
        var channel = new WorkerOptions().Channel;
        Assert.Equal((1 << 30, 64 << 20), (channel.MaxReceiveMessageSize, channel.MaxSendMessageSize));
    }

    [Fact]
    public async Task Heartbeats_NameRequests_OnlyToAdminsThatResume()
    {
        var handler = new Blocking();
        var (_, stream) = await ConnectAsync(handler, "ack,log");
        await BeginAsync(stream, handler);
        var beat = await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.RunningWork.Count == 1);
        Assert.Equal("", beat.Heartbeat.RunningWork[0].RequestId);
    }

    private sealed class Finding(params string[] summaries) : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("finding", "Finding").Build();

        public async Task DetectAsync(DetectionContext context)
        {
            if (context.Config.Int64("count") == 0 && summaries.Length == 0)
            {
                throw new InvalidOperationException($"nothing to find in {context.Sequence}{context.Runtime.RetryLimit:#}{string.Concat(context.Cluster.FilerAddresses)}");
            }

            foreach (var (n, summary) in summaries.Index())
            {
                await context.ProposeAsync(new Proposal { Id = $"{n}", Summary = summary });
            }
        }
    }

    /// <summary>Reports at every piece of output.</summary>
    private sealed class Chatty : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("chatty", "Chatty").Build();

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            for (var n = 0; n < 200; n++)
            {
                context.Report(n / 2, "chatting");
                await context.OutputAsync(OutputStream.Stdout, new byte[LogRing.ChunkSize], context.Canceled);
            }

            return JobOutcome.Succeeded("said");
        }
    }

    private sealed class Searching : IJobHandler
    {
        public TaskCompletionSource Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("searching", "Searching").Build();

        public Task DetectAsync(DetectionContext context) => Found.Task;
    }
}

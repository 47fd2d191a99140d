using System.Text.RegularExpressions;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>Musts 1 to 4: hello, schemas, heartbeats, descriptors.</summary>
public sealed class GreetingTests(WeedMessages messages) : WeedTest(messages)
{
    [Fact]
    public async Task Must01_Hello_IsFirst_WithACapabilityPerHandler()
    {
        await StartAdminAsync();
        await ConnectAsync(options => options with { ExecutionSlots = 3, DetectionSlots = 2 }, new Played("a", _ => Task.CompletedTask), new Played("b"));
        var hello = Admin.Heard[0].Hello;
        Assert.Equal(("w-1", "w-1", "plugin.v1"), (Admin.Heard[0].WorkerId, hello.WorkerId, hello.ProtocolVersion));
        Assert.Equal(
            [("a", true, true, 2, 3), ("b", false, true, 2, 3)],
            hello.Capabilities.OrderBy(offer => offer.JobType).Select(offer => (offer.JobType, offer.CanDetect, offer.CanExecute, offer.MaxDetectionConcurrency, offer.MaxExecutionConcurrency)));
    }

    [Fact]
    public async Task Must01_Extensions_AreNeverUsed()
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("a", context => context.ProposeAsync(new Proposal { Id = "p" }).AsTask(), context =>
        {
            context.WriteLine("output");
            context.Report(50, "half");
            return Task.FromResult(JobOutcome.Succeeded("done"));
        }));
        Assert.Equal("succeeded", Assert.Single((await Admin.RunAsync("a")).Jobs).State);
        Assert.All(Admin.Heard, message => Assert.False(message.BodyCase is Body.JobLog or Body.Pong));
        Assert.All(Admin.Heard.Where(message => message.Hello is not null), message => Assert.Empty(message.Hello.RunningWork));
        Assert.All(Admin.Heard.Where(message => message.Heartbeat is not null).SelectMany(message => message.Heartbeat.RunningWork), work => Assert.Empty(work.RequestId));
    }

    [Fact]
    public async Task Must01_AdminThatSaysNoHello_IsServed()
    {
        await StartAdminAsync(new WeedSettings { Hello = false });
        var worker = await ConnectAsync(options => options with { RegistrationTimeout = TimeSpan.FromSeconds(1) }, new Played("a"));
        Assert.Equal(("succeeded", WorkerState.Running), ((await Admin.ExecuteAsync("a", "j1")).State, worker.State));
    }

    [Fact]
    public async Task Must01_MadeId_FitsTheAdminsPaths()
    {
        var folder = Directory.CreateTempSubdirectory("weed-id-");
        try
        {
            await StartAdminAsync();
            await ConnectAsync(options => options with { WorkerId = null, StateDirectory = folder.FullName }, new Played("a"));
            Assert.Matches(new Regex("^w-[a-z0-9]{0,12}-[0-9a-f]{8}$"), Admin.Heard[0].Hello.WorkerId);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Must02_Schemas_AreAnsweredUnderTheEnvelopesId()
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("b"), new Played("a"), new Played("c"));
        var asked = Admin.Said.Where(message => message.RequestConfigSchema is not null).ToList();
        Assert.Equal(["a", "b", "c"], asked.Select(message => message.RequestConfigSchema.JobType));
        Assert.Equal(
            asked.Select(message => (message.RequestId, message.RequestConfigSchema.JobType, true)),
            Admin.Heard.Where(message => message.ConfigSchemaResponse is not null).Select(message => message.ConfigSchemaResponse).Select(answer => (answer.RequestId, answer.JobTypeDescriptor.JobType, answer.Success)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("other")]
    public async Task Must02_SchemaOfNoOrUnknownType_IsAFailure_WithSeveralHandlers(string asked)
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("a"), new Played("b"));
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "s-1", RequestConfigSchema = new RequestConfigSchema { JobType = asked } });
        var answer = (await Admin.NextAsync(Body.ConfigSchemaResponse)).ConfigSchemaResponse;
        Assert.Equal(("s-1", false), (answer.RequestId, answer.Success));
        Assert.NotEmpty(answer.ErrorMessage);
    }

    [Fact]
    public async Task Must03_Heartbeats_ComeEvery10Seconds_WhateverTheHelloAsksFor()
    {
        var pause = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = new StretchedClock(due =>
        {
            _ = due > TimeSpan.FromSeconds(5) && due != RegistrationTimeout && pause.TrySetResult(due);
            return due;
        });
        await StartAdminAsync(new WeedSettings { HeartbeatInterval = 300 });
        await ConnectAsync(options => options with { TimeProvider = clock }, new Played("a"));
        Assert.InRange((await pause.Task.InTimeAsync("the pause after the first heartbeat")).TotalSeconds, 9, 10);
    }

    [Fact]
    public async Task Must03_Heartbeat_FollowsEveryChangeOfWork()
    {
        var handler = new Blocking();
        var looking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAdminAsync();
        await ConnectAsync(OnlyByChange, handler, new Played("a", _ => looking.Task));
        var running = Admin.ExecuteAsync("blocking", "j1");
        var beat = await BeatAsync(beat => beat.RunningWork.Count == 1);
        Assert.Equal((1, 4, "j1", WorkKind.Execution, "blocking", JobState.Running), (beat.ExecutionSlotsUsed, beat.ExecutionSlotsTotal, beat.RunningWork[0].WorkId, beat.RunningWork[0].Kind, beat.RunningWork[0].JobType, beat.RunningWork[0].State));
        handler.Release.SetResult();
        await BeatAsync(beat => beat.RunningWork.Count == 0 && beat.ExecutionSlotsUsed == 0);
        await running.InTimeAsync("the end of the job");
        var detecting = Admin.DetectAsync("a");
        beat = await BeatAsync(beat => beat.RunningWork.Count == 1);
        looking.SetResult();
        var detection = await detecting;
        Assert.Equal((1, 1, detection.RequestId, WorkKind.Detection), (beat.DetectionSlotsUsed, beat.DetectionSlotsTotal, beat.RunningWork[0].WorkId, beat.RunningWork[0].Kind));
        await BeatAsync(beat => beat.RunningWork.Count == 0 && beat.DetectionSlotsUsed == 0);
    }

    [Fact]
    public async Task Must03_SilentWorker_IsHidden_UntilItsNextHeartbeat()
    {
        var handler = new Blocking();
        await StartAdminAsync(new WeedSettings { StaleAfter = 0.2 });
        await ConnectAsync(OnlyByChange, handler, new Played("a", _ => Task.CompletedTask));
        await Admin.HiddenAsync();
        Assert.Empty(await Admin.WorkersAsync());
        Assert.Contains("no detector worker available", (await Assert.ThrowsAsync<InvalidOperationException>(() => Admin.DetectAsync("a"))).Message, StringComparison.Ordinal);

        // What an answer says is no sign of life to it; the heartbeat that follows the change is.
        await Admin.SendAsync(new AdminToWorkerMessage { RequestId = "e-1", ExecuteJobRequest = new ExecuteJobRequest { RequestId = "e-1", Job = new JobSpec { JobId = "j1", JobType = "blocking" } } });
        await BeatAsync(beat => beat.RunningWork.Count == 1);
        handler.Release.SetResult();
        await BeatAsync(beat => beat.RunningWork.Count == 0);
    }

    [Fact]
    public async Task Must04_TypeWithoutRuntimeDefaults_IsEnabled()
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("a", _ => Task.CompletedTask));
        Assert.True((await Admin.ConfigAsync("a"))!.AdminRuntime.Enabled);
        Assert.False((await Admin.RunAsync("a")).Disabled);
    }

    [Fact]
    public async Task Must04_TypeThatIsNotToStartByItself_StaysDisabled()
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("a", _ => Task.CompletedTask, describe: builder => builder.Runtime(runtime => { runtime.Enabled = false; runtime.RetryLimit = 1; })));
        Assert.True((await Admin.RunAsync("a")).Disabled);
    }

    [Fact]
    public void Must04_HandWrittenDescriptor_OfAnotherAlphabet_IsRefused() => Assert.Contains(
        "'a b' is not a job type",
        Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = "w" }, new HandWritten("a b"))).Message,
        StringComparison.Ordinal);

    private static WorkerOptions OnlyByChange(WorkerOptions options) =>
        options with { TimeProvider = new StretchedClock(due => due > TimeSpan.FromSeconds(5) ? null : due) };

    private async Task<WorkerHeartbeat> BeatAsync(Func<WorkerHeartbeat, bool> which) => (await Admin.NextAsync(Body.Heartbeat, message => which(message.Heartbeat))).Heartbeat;

    private sealed class HandWritten(string jobType) : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new() { JobType = jobType };
    }
}

using System.Threading.Channels;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using BlazorPluginAdmin.WorkerSdk;
using Microsoft.Extensions.DependencyInjection;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;
using CoreState = BlazorPluginAdmin.Server.Core.Jobs.JobState;
using JobId = BlazorPluginAdmin.Server.Core.Jobs.JobId;
using JobPhase = BlazorPluginAdmin.Server.Core.Jobs.JobPhase;
using WorkerId = BlazorPluginAdmin.Server.Core.Workers.WorkerId;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>Bounds in seconds, by a clock that goes on only when the test lets it: were anything to wait for longer, it would never come.</summary>
public sealed class ByTheClockTests(StandingAdmin admin) : IClassFixture<StandingAdmin>
{
    [Fact]
    public async Task JobThatWaitedTenMinutesForAWorker_BeginsAsOneConnects_WithNoAttemptUsed()
    {
        using (var gone = new ScriptedWorker(admin.GrpcAddress, "w-gone"))
        {
            await gone.HelloAsync("wanted");
            await admin.UntilAsync(state => state.JobTypes.ContainsKey("wanted"), "the type is known");
        }

        await admin.UntilAsync(state => !state.Sessions.Values.Any(session => session.Worker == new WorkerId("w-gone")), "the worker has gone");
        var id = (await admin.PostAsync("/api/plugin/jobs", """{"job_type":"wanted"}""", 201)).GetProperty("job_id").GetString()!;
        admin.Time.Advance(TimeSpan.FromMinutes(10));
        var waiting = await admin.GetAsync($"/api/plugin/jobs/{id}");
        Assert.Equal(("no_capable_worker", 0, false), (waiting.GetProperty("waiting").GetProperty("code").GetString(), waiting.GetProperty("attempts").GetArrayLength(), waiting.TryGetProperty("attempt", out _)));

        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-wanted");
        await worker.HelloAsync("wanted");
        Assert.Equal((id, 1), ((await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest is var sent ? sent.Job.JobId : "", sent.Attempt));
    }

    [Fact]
    public async Task WorkerThatGoesOnAfterACancel_IsFlagged_WhenTenSecondsAreOver_AndNotBefore()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-deaf");
        await worker.HelloAsync("endless");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("endless"), "the type is known");
        var id = (await admin.PostAsync("/api/plugin/jobs", """{"job_type":"endless"}""", 201)).GetProperty("job_id").GetString()!;
        var request = await worker.NextAsync(Body.ExecuteJobRequest);
        await admin.PostAsync($"/api/plugin/jobs/{id}/cancel");
        Assert.Equal(request.RequestId, (await worker.NextAsync(Body.CancelRequest)).CancelRequest.TargetId);

        admin.Time.Advance(TimeSpan.FromSeconds(9.9));
        await BeatAsync(1);
        Assert.Equal((JobPhase.Canceling, false), (admin.Admin.States.Current.Value.Jobs[new JobId(id)].Phase, IsFlagged(admin.Admin.States.Current.Value)));
        admin.Time.Advance(TimeSpan.FromSeconds(0.1));
        await admin.UntilAsync(state => !state.Jobs.ContainsKey(new JobId(id)), "the job has ended");
        Assert.Equal("job_state_canceled", (await admin.GetAsync($"/api/plugin/jobs/{id}")).GetProperty("state").GetString());

        // What was on its way when the lease ended is no defiance; two seconds later it is.
        admin.Time.Advance(TimeSpan.FromSeconds(2));
        await BeatAsync(2);
        await admin.UntilAsync(IsFlagged, "the worker is flagged");

        // Who beats is told apart by what it says of itself.
        async Task BeatAsync(int used)
        {
            await worker.SendAsync(new WorkerToAdminMessage
            {
                Heartbeat = new WorkerHeartbeat
                {
                    WorkerId = worker.Id,
                    ExecutionSlotsUsed = used,
                    ExecutionSlotsTotal = 4,
                    RunningWork = { new RunningWork { WorkId = id, Kind = WorkKind.Execution, JobType = "endless", State = Wire.JobState.Running } },
                },
            });
            await admin.UntilAsync(state => state.Sessions.Values.Any(session => session.Worker == new WorkerId(worker.Id) && session.Heartbeat?.ExecutionSlotsUsed == used), "the beat has come");
        }

        bool IsFlagged(AdminState state) => state.Workers[new WorkerId(worker.Id)].IgnoresCancel;
    }

    /// <summary>A line a worker prints while the admin is away is with the follower a second after the admin is back, and none comes twice.</summary>
    [Fact]
    public async Task Lines_OverARestart_AreWithTheFollowerWithinASecond_OnceEach()
    {
        var folder = Directory.CreateTempSubdirectory("late-").FullName;
        var (time, options) = (new ManualTimeProvider(), new AppOptions { Port = 0, GrpcPort = 0, DataDir = Path.Combine(folder, "data") });
        var app = await AdminApp.StartAsync(options, services => services.AddSingleton<TimeProvider>(time));
        var address = app.GrpcAddress;
        var speaker = new Speaker();
        await using var worker = new PluginWorker(
            new WorkerOptions { Address = $"grpc://{address}", WorkerId = "w-speaks", RegistrationTimeout = TimeSpan.FromMinutes(1), TimeProvider = time, StateDirectory = Path.Combine(folder, "worker") }, speaker);
        using var stop = new CancellationTokenSource();
        var working = worker.RunForeverAsync(new RestartPolicy { Jitter = () => 0.5 }, stop.Token);
        var core = app.Services.GetRequiredService<IAdmin>();
        await UntilAsync(core, state => state.JobTypes.GetValueOrDefault("spoken") is { Descriptor: not null, Executors.Length: > 0 });
        var service = JobServiceReflection.Descriptor.Services.Single(known => known.Name == "JobService");
        var channel = GrpcChannel.ForAddress($"http://{address}");
        var job = (await channel.UnaryAsync(GrpcMethod.From<SubmitRequest, SubmitResponse>(service, "Submit"), new SubmitRequest { JobType = "spoken" })).Job.JobId;
        var watch = GrpcMethod.From<WatchLogsRequest, LogChunk>(service, "WatchLogs");
        var offset = 0L;
        using (var call = channel.ServerStreaming(watch, new WatchLogsRequest { JobId = job, Follow = true }))
        {
            await speaker.SayAsync("before\n");
            time.Advance(TimeSpan.FromMilliseconds(250));
            Assert.Equal("before\n", await NextAsync(call));
        }

        await app.DisposeAsync();
        channel.Dispose();
        await speaker.SayAsync("during\n");
        app = await AdminApp.StartAsync(options with { GrpcPort = int.Parse(address.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture) }, services => services.AddSingleton<TimeProvider>(time));
        core = app.Services.GetRequiredService<IAdmin>();
        channel = GrpcChannel.ForAddress($"http://{address}");
        using (var call = channel.ServerStreaming(watch, new WatchLogsRequest { JobId = job, Follow = true, FromOffset = offset }))
        {
            // Its first pause, after which it dials; half a second in all.
            await time.ArmedAsync(TimeSpan.FromMilliseconds(200));
            time.Advance(TimeSpan.FromMilliseconds(250));
            await UntilAsync(core, state => state.Jobs.GetValueOrDefault(new JobId(job)) is { State: CoreState.Running, Phase: not JobPhase.Reconnecting });
            time.Advance(TimeSpan.FromMilliseconds(250));
            Assert.Equal("during\n", await NextAsync(call));
            await speaker.SayAsync("after\n");
            time.Advance(TimeSpan.FromMilliseconds(250));
            Assert.Equal("after\n", await NextAsync(call));
            speaker.End();
            Assert.Equal("", await NextAsync(call));
            Assert.True(call.ResponseStream.Current is { EndOfAttempt: true, Attempt: 1, State: Wire.JobState.Succeeded });
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working.InTimeAsync("the stop of the worker"));
        channel.Dispose();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);

        async Task<string> NextAsync(ServerStreamCall<WatchLogsRequest, LogChunk> call)
        {
            Assert.True(await call.ResponseStream.MoveNextAsync(CancellationToken.None).AsTask().InTimeAsync("the next piece"));
            var chunk = call.ResponseStream.Current;
            Assert.Equal((chunk.EndOfAttempt ? 0 : offset, 0), (chunk.Offset, chunk.GapBytes));
            offset += chunk.Data.Length;
            return chunk.Data.ToStringUtf8();
        }
    }

    private static async Task UntilAsync(IAdmin admin, Func<AdminState, bool> condition)
    {
        for (var version = -1L; ;)
        {
            (version, var state) = await admin.States.NewerAsync(version, CancellationToken.None).AsTask().InTimeAsync("the state that is waited for");
            if (condition(state))
            {
                return;
            }
        }
    }
}

/// <summary>Says what it is given, and when it has said it.</summary>
internal sealed class Speaker : IJobHandler
{
    private readonly Channel<(string Text, TaskCompletionSource Said)> _words = System.Threading.Channels.Channel.CreateUnbounded<(string, TaskCompletionSource)>();

    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("spoken", "Spoken", "Says what it is given.").Build();

    public bool CanDetect => false;

    public async Task SayAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _words.Writer.TryWrite((text, said));
        await said.Task.InTimeAsync("the handler begins");
    }

    public void End() => _words.Writer.Complete();

    public Task DetectAsync(DetectionContext context) => Task.CompletedTask;

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        await foreach (var (text, said) in _words.Reader.ReadAllAsync(context.Canceled))
        {
            context.Output(OutputStream.Stdout, System.Text.Encoding.UTF8.GetBytes(text));
            said.SetResult();
        }

        return JobOutcome.Succeeded("said");
    }
}

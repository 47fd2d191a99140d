using System.Net;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using BlazorPluginAdmin.WorkerSdk;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>An admin whose clock can be set forward.</summary>
public sealed class LeapingAdmin : RunningAdmin
{
    public LeapingTime Time { get; } = new();

    protected override void Configure(IServiceCollection services) => services.AddSingleton<TimeProvider>(Time);
}

/// <summary>What is more urgent goes first, until the rest has waited long enough: over the port, with one slot.</summary>
public sealed class PriorityTests(LeapingAdmin admin) : IClassFixture<LeapingAdmin>
{
    [Fact]
    public async Task UrgentJobsGoFirst_AndAnOldLowOneBeatsANewCriticalOne()
    {
        using (var worker = await ConnectAsync("w-slot"))
        {
            await SubmitAsync("busy", "normal");
            var running = await worker.NextAsync(Body.ExecuteJobRequest);
            foreach (var priority in (string[])["low", "normal", "critical"])
            {
                await SubmitAsync(priority, priority);
            }

            var order = new List<string>();
            for (var n = 0; n < 3; n++)
            {
                await DoneAsync(worker, running);
                running = await worker.NextAsync(Body.ExecuteJobRequest);
                order.Add(running.ExecuteJobRequest.Job.Summary);
            }

            Assert.Equal(["critical", "normal", "low"], order);
            await DoneAsync(worker, running);
            await admin.UntilAsync(state => state.Jobs.IsEmpty, "all have ended");
        }

        await admin.UntilAsync(state => state.Sessions.IsEmpty, "the worker has gone");
        await SubmitAsync("old and low", "low");
        admin.Time.Leap(TimeSpan.FromMinutes(75));
        await SubmitAsync("new and critical", "critical");
        using var other = await ConnectAsync("w-later");
        var first = await other.NextAsync(Body.ExecuteJobRequest);
        await DoneAsync(other, first);
        var second = await other.NextAsync(Body.ExecuteJobRequest);
        Assert.Equal(("old and low", "new and critical"), (first.ExecuteJobRequest.Job.Summary, second.ExecuteJobRequest.Job.Summary));
    }

    private async Task SubmitAsync(string summary, string priority) =>
        await admin.PostAsync("/api/plugin/jobs", $$"""{"job_type":"slotted","summary":"{{summary}}","priority":"{{priority}}"}""", 201);

    private static ValueTask DoneAsync(ScriptedWorker worker, AdminToWorkerMessage asked) => worker.SendAsync(new WorkerToAdminMessage
    {
        JobCompleted = new JobCompleted { RequestId = asked.RequestId, JobId = asked.ExecuteJobRequest.Job.JobId, JobType = "slotted", Success = true },
    });

    private async Task<ScriptedWorker> ConnectAsync(string id)
    {
        var worker = new ScriptedWorker(admin.GrpcAddress, id);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            Hello = new WorkerHello { WorkerId = id, WorkerInstanceId = "i-1", ProtocolVersion = "plugin.v1", Capabilities = { new JobTypeCapability { JobType = "slotted", CanExecute = true, MaxExecutionConcurrency = 1 } } },
        });
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("slotted") is { Executors.Length: > 0 }, "the worker is there");
        return worker;
    }
}

/// <summary>An admin whose clock stands still but for what a test lets pass.</summary>
public sealed class StandingAdmin : RunningAdmin
{
    public ManualTimeProvider Time { get; } = new();

    protected override void Configure(IServiceCollection services) => services.AddSingleton<TimeProvider>(Time);
}

/// <summary>How late output is: the worker and the admin live by one clock, so nothing here depends on how busy the machine is.</summary>
public sealed class LatenessTests(StandingAdmin admin) : IClassFixture<StandingAdmin>
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Lines_AreWithTheFollower_WithinAQuarterOfASecond_OnceEach()
    {
        // The clock goes on by a step after each line and waits for it: were there more than that to wait for anywhere, it would never come.
        var speaker = new Speaker();
        await using var worker = new PluginWorker(new WorkerOptions { Address = $"grpc://{admin.GrpcAddress}", WorkerId = "w-speaks", RegistrationTimeout = TimeSpan.FromMinutes(1), TimeProvider = admin.Time, StateDirectory = Directory.CreateTempSubdirectory("speaks-").FullName }, speaker);
        await worker.StartAsync();
        await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("spoken") is { Descriptor: not null, Executors.Length: > 0 }, "the worker is there");
        var job = (await admin.PostAsync("/api/plugin/jobs", """{"job_type":"spoken"}""", 201)).GetProperty("job_id").GetString()!;
        using var channel = GrpcChannel.ForAddress($"http://{admin.GrpcAddress}");
        var method = GrpcMethod.From<WatchLogsRequest, LogChunk>(JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobService"), "WatchLogs");
        using var call = channel.ServerStreaming(method, new WatchLogsRequest { JobId = job, Follow = true });
        for (var n = 0; n < 8; n++)
        {
            await speaker.SayAsync($"line {n}\n");
            admin.Time.Advance(Step);
            Assert.True(await call.ResponseStream.MoveNextAsync(CancellationToken.None).AsTask().InTimeAsync($"line {n}, with no more time than {Step} gone by"));
            var chunk = call.ResponseStream.Current;
            Assert.Equal($"line {n}\n", chunk.Data.ToStringUtf8());
        }

        speaker.End();
        Assert.True(await call.ResponseStream.MoveNextAsync(CancellationToken.None).AsTask().InTimeAsync("the end of the attempt"));
        Assert.True(call.ResponseStream.Current is { EndOfAttempt: true, State: JobState.Succeeded });
        await worker.StopAsync();
    }
}

/// <summary>An admin to which everybody comes from another machine.</summary>
public sealed class DistantAdmin : RunningAdmin
{
    protected override void Configure(IServiceCollection services) => services.AddSingleton<IStartupFilter>(new Elsewhere());

    private sealed class Elsewhere : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, go) =>
            {
                http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
                return go(http);
            });
            next(app);
        };
    }
}

/// <summary>gRPC has no address for those who only look: who may not act may not call at all. What that looks like to a client.</summary>
public sealed class DistantClientTests(DistantAdmin admin) : IClassFixture<DistantAdmin>
{
    [Fact]
    public async Task CallFromAnotherMachine_IsPermissionDenied_AndLeavesNothing()
    {
        using var channel = GrpcChannel.ForAddress($"http://{admin.GrpcAddress}");
        await RefusedAsync("Submit", new SubmitRequest { JobType = "told" }, SubmitResponse.Parser);
        await RefusedAsync("List", new ListRequest(), ListResponse.Parser);
        await RefusedAsync("Cancel", new Wire.V1.CancelRequest { JobId = "j" }, CancelResponse.Parser);
        Assert.True(admin.Admin.States.Current.Value.Jobs.IsEmpty);

        async Task RefusedAsync<TRequest, TResponse>(string name, TRequest request, Google.Protobuf.MessageParser<TResponse> _)
            where TRequest : class, Google.Protobuf.IMessage<TRequest>
            where TResponse : class, Google.Protobuf.IMessage<TResponse>
        {
            var method = GrpcMethod.From<TRequest, TResponse>(JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobService"), name);
            Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(method, request))).StatusCode);
        }
    }
}

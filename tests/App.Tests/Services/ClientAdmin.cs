using System.Threading.Channels;
using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using BlazorPluginAdmin.WorkerSdk;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BlazorPluginAdmin.App.Tests.Services;

/// <summary>A real admin with one real worker whose jobs do what the test says, and a client of <c>pluginadmin.v1</c>.</summary>
public class ClientAdmin : RunningAdmin, IAsyncLifetime
{
    private static readonly FileDescriptor File = JobServiceReflection.Descriptor;

    private GrpcChannel? _channel;
    private PluginWorker? _worker;

    public Told Handler { get; } = new();

    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _channel = GrpcChannel.ForAddress($"http://{GrpcAddress}");
        _worker = new PluginWorker(new WorkerOptions { Address = $"grpc://{GrpcAddress}", WorkerId = "w-told", ExecutionSlots = 2, RegistrationTimeout = TimeSpan.FromMinutes(1), StateDirectory = Directory.CreateTempSubdirectory("told-").FullName }, Handler);
        await _worker.StartAsync();
        await UntilAsync(state => state.JobTypes.GetValueOrDefault("told") is { Descriptor: not null }, "the type is described");
        await ViewsAsync(model => model.JobType("told") is { ExecutorCount: 1 });
    }

    public new async Task DisposeAsync()
    {
        await _worker!.StopAsync();
        _channel!.Dispose();
        await base.DisposeAsync();
    }

    public Task<TResponse> CallAsync<TRequest, TResponse>(string service, string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => _channel!.UnaryAsync(Method<TRequest, TResponse>(service, method), request);

    /// <summary>All that a call says, to its end.</summary>
    public async Task<List<TResponse>> WatchAsync<TRequest, TResponse>(string service, string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = _channel!.ServerStreaming(Method<TRequest, TResponse>(service, method), request);
        var said = new List<TResponse>();
        while (await call.ResponseStream.MoveNextAsync(CancellationToken.None))
        {
            said.Add(call.ResponseStream.Current);
        }

        return said;
    }

    public async Task<Wire.V1.Job> SubmitAsync(SubmitRequest request) => (await CallAsync<SubmitRequest, SubmitResponse>("JobService", "Submit", request)).Job;

    public Task<Wire.V1.Job> RunAsync(string says) => SubmitAsync(new SubmitRequest { JobType = "told", ParametersJson = System.Text.Json.JsonSerializer.Serialize(new { says }) });

    public async Task<Wire.V1.Job> EndAsync(string id)
    {
        await UntilAsync(state => !state.Jobs.ContainsKey(new Server.Core.Jobs.JobId(id)), $"the end of {id}");
        return (await CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = id, Include = { Include.Parameters, Include.Attempts, Include.Result, Include.Activities } })).Job;
    }

    /// <summary>Workers that take the job and go, until it is given up.</summary>
    public async Task<Wire.V1.Job> LoseThreeWorkersAsync(string type, string job)
    {
        for (var loss = 0; loss < 3; loss++)
        {
            using var worker = new ScriptedWorker(GrpcAddress, $"w-lost-{loss}");
            await worker.HelloAsync(type);
            await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest);
        }

        return await EndAsync(job);
    }

    public ServerStreamCall<WatchLogsRequest, LogChunk> Watch(WatchLogsRequest request) => _channel!.ServerStreaming(Method<WatchLogsRequest, LogChunk>("JobService", "WatchLogs"), request);

    public ServerStreamCall<WatchEventsRequest, JobEvent> Watch(WatchEventsRequest request) => _channel!.ServerStreaming(Method<WatchEventsRequest, JobEvent>("JobService", "WatchEvents"), request);

    /// <summary>The status a call is refused with, and what its trailer says.</summary>
    public Task<(StatusCode Code, ErrorDetail Detail)> RefusedAsync<TRequest, TResponse>(string service, string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RefusedAsync(Method<TRequest, TResponse>(service, method), request);

    public async Task<(StatusCode Code, ErrorDetail Detail)> RefusedAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => _channel!.UnaryAsync(method, request));
        return (refused.StatusCode, ErrorDetail.Parser.ParseFrom(refused.Trailers.Single(entry => entry.Key == "pluginadmin-error-bin").ValueBytes));
    }

    private static GrpcMethod<TRequest, TResponse> Method<TRequest, TResponse>(string service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => GrpcMethod.From<TRequest, TResponse>(File.Services.Single(known => known.Name == service), method);

    /// <summary>Prints what its job says, word by word; <c>wait</c> waits for the test, <c>fail</c> fails.</summary>
    public sealed class Told : IJobHandler
    {
        private readonly Channel<bool> _go = System.Threading.Channels.Channel.CreateUnbounded<bool>();

        public bool CanDetect => true;

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("told", "Told", "Does what it is told.")
            .Worker(form => form
                .Section("job", "Job", "", job =>
                {
                    job.Text("says", "Says", "").Required();
                    job.Integer("times", "Times", "", 1).Range(1, 9);
                    job.Toggle("loud", "Loud", "");
                    job.Secret("word", "Word", "");
                })
                .Section("all", "All", "", all => all.Integer("pace", "Pace", "", 3)))
            .Runtime(runtime => { runtime.Enabled = false; runtime.GlobalExecutionConcurrency = 4; runtime.PerWorkerExecutionConcurrency = 4; })
            .Build();

        public void Go() => _go.Writer.TryWrite(true);

        public async Task DetectAsync(DetectionContext context)
        {
            await context.ProposeAsync(new Proposal { Id = "p1", Summary = "say a", Parameters = new ValueSet { ["says"] = "a" } });
            await context.ProposeAsync(new Proposal { Id = "p2", Summary = "say b", Parameters = new ValueSet { ["says"] = "b" } });
        }

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            foreach (var word in context.Config.Text("says").Split(' '))
            {
                switch (word)
                {
                    case "wait":
                        await _go.Reader.ReadAsync(context.Canceled);
                        break;
                    case "deaf":
                        await _go.Reader.ReadAsync(CancellationToken.None);
                        break;
                    case "fail":
                        return JobOutcome.Failed("told so", permanent: true, new ValueSet { ["exit_code"] = 42 });
                    default:
                        var stream = word.StartsWith('!') ? OutputStream.Stderr : OutputStream.Stdout;
                        await context.OutputAsync(stream, System.Text.Encoding.UTF8.GetBytes(word + "\n"), context.Canceled);
                        break;
                }
            }

            return JobOutcome.Succeeded("said", new ValueSet { ["loud"] = context.Config.Bool("loud") });
        }
    }
}

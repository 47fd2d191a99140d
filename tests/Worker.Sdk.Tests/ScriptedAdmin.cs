using System.Net;
using System.Threading.Channels;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>An admin played by a test over the real wire: one stream after the other.</summary>
public sealed class ScriptedAdmin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<AdminStream> _streams = Channel.CreateUnbounded<AdminStream>();

    private ScriptedAdmin(WebApplication app) => _app = app;

    public string Address => "grpc://" + new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;

    public static async Task<ScriptedAdmin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpcTransport(new GrpcServerOptions { ShutdownGrace = TimeSpan.Zero });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseGrpcTransport()));
        var app = builder.Build();
        var admin = new ScriptedAdmin(app);
        app.MapGrpcDuplex(
            GrpcMethod.From<WorkerToAdminMessage, AdminToWorkerMessage>(PluginReflection.Descriptor.Services[0], "WorkerStream"),
            async (requests, responses, call) =>
            {
                var stream = new AdminStream(requests, responses, call);
                await admin._streams.Writer.WriteAsync(stream);
                await stream.OverAsync();
            });
        await app.StartAsync();
        return admin;
    }

    /// <summary>The next worker that dials, not greeted yet.</summary>
    public async Task<AdminStream> NextAsync() => await _streams.Reader.ReadAsync().AsTask().InTimeAsync("a worker dialling in");

    /// <summary>All workers that dial until it is cancelled.</summary>
    public IAsyncEnumerable<AdminStream> AllAsync(CancellationToken cancellationToken) => _streams.Reader.ReadAllAsync(cancellationToken);

    public async Task<AdminStream> GreetAsync(string extensions = "log,ack,resume")
    {
        var stream = await NextAsync();
        await stream.GreetAsync(extensions);
        return stream;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync().AsTask().InTimeAsync("the end of the scripted admin");
}

/// <summary>One worker stream, seen from the admin.</summary>
public sealed class AdminStream(RequestReader<WorkerToAdminMessage> requests, ResponseWriter<AdminToWorkerMessage> responses, CallContext call)
{
    private readonly TaskCompletionSource<Status> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkerHello Hello { get; private set; } = new();

    public CallContext Call => call;

    public async Task OverAsync()
    {
        var status = await _over.Task.WaitAsync(call.CancellationToken);
        if (status.Code != StatusCode.OK)
        {
            throw new RpcException(status);
        }
    }

    public async Task GreetAsync(string extensions, int heartbeatSeconds = 30)
    {
        Hello = (await NextAsync(WorkerToAdminMessage.BodyOneofCase.Hello)).Hello;
        await SendAsync(new AdminToWorkerMessage
        {
            Hello = new AdminHello { Accepted = true, HeartbeatIntervalSeconds = heartbeatSeconds, ReconnectDelaySeconds = 1, Extensions = { extensions.Split(',', StringSplitOptions.RemoveEmptyEntries) } },
        });
    }

    public ValueTask SendAsync(AdminToWorkerMessage message) => responses.WriteAsync(message);

    public ValueTask ExecuteAsync(string request, string job, string type, Action<ExecuteJobRequest>? change = null)
    {
        var execute = new ExecuteJobRequest { RequestId = request, Attempt = 1, Job = new JobSpec { JobId = job, JobType = type } };
        change?.Invoke(execute);
        return SendAsync(new AdminToWorkerMessage { RequestId = request, ExecuteJobRequest = execute });
    }

    /// <summary>The next message of that kind; everything else is passed over.</summary>
    public async Task<WorkerToAdminMessage> NextAsync(WorkerToAdminMessage.BodyOneofCase wanted, Func<WorkerToAdminMessage, bool>? which = null)
    {
        while (await requests.ReadAsync().AsTask().InTimeAsync($"a {wanted} of the worker") is { } message)
        {
            if (message.BodyCase == wanted && which?.Invoke(message) != false)
            {
                return message;
            }
        }

        throw new InvalidOperationException($"the worker ended its stream before a {wanted} came");
    }

    public async Task<WorkerToAdminMessage> NextAsync() =>
        await requests.ReadAsync().AsTask().InTimeAsync("a word of the worker") ?? throw new InvalidOperationException("the worker ended its stream");

    /// <summary>Everything the worker still says, up to its half-close.</summary>
    public async Task<IReadOnlyList<WorkerToAdminMessage>> RestAsync()
    {
        var rest = new List<WorkerToAdminMessage>();
        while (await requests.ReadAsync().AsTask().InTimeAsync("the end of the worker's stream") is { } message)
        {
            rest.Add(message);
        }

        return rest;
    }

    public void End(StatusCode code = StatusCode.OK, string text = "") => _over.TrySetResult(new Status(code, text));

    public void Break() => call.Abort();
}

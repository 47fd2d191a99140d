using System.Collections.Concurrent;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>A worker played by a test over the real wire.</summary>
public sealed class ScriptedWorker : IDisposable
{
    private static readonly GrpcMethod<WorkerToAdminMessage, AdminToWorkerMessage> Method =
        GrpcMethod.From<WorkerToAdminMessage, AdminToWorkerMessage>(PluginReflection.Descriptor.Services[0], "WorkerStream");

    private readonly GrpcChannel _channel;
    private readonly DuplexCall<WorkerToAdminMessage, AdminToWorkerMessage> _call;
    private readonly SemaphoreSlim _writing = new(1);
    private PeriodicTimer? _beats;

    public ScriptedWorker(string address, string id = "w-1", GrpcChannelOptions? channel = null)
    {
        Id = id;
        _channel = GrpcChannel.ForAddress(address.Contains("://", StringComparison.Ordinal) ? address : $"http://{address}", channel);
        _call = _channel.DuplexStreaming(Method);
    }

    public string Id { get; }

    public ConcurrentQueue<AdminToWorkerMessage> Seen { get; } = [];

    public async ValueTask SendAsync(WorkerToAdminMessage message)
    {
        message.WorkerId = Id;
        await _writing.WaitAsync();
        try
        {
            await _call.RequestStream.WriteAsync(message);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task HelloAsync(params string[] jobTypes) => SendAsync(new WorkerToAdminMessage
    {
        Hello = new WorkerHello
        {
            WorkerId = Id,
            WorkerInstanceId = "i-1",
            ProtocolVersion = "plugin.v1",
            Capabilities = { jobTypes.Select(type => new JobTypeCapability { JobType = type, CanDetect = true, CanExecute = true, MaxDetectionConcurrency = 1, MaxExecutionConcurrency = 4 }) },
        },
    }).AsTask();

    /// <summary>
    /// Beats, and goes on every ten seconds until it is disposed: on a slow machine a test may take longer than a worker may be
    /// silent. Only for tests that ask for it; others send their messages in an order of their own.
    /// </summary>
    public async Task BeatAsync(WorkerHeartbeat beat)
    {
        beat.WorkerId = Id;
        await SendAsync(new WorkerToAdminMessage { Heartbeat = beat });
        _beats = new PeriodicTimer(TimeSpan.FromSeconds(10), TimeProvider.System);
        _ = GoOnBeatingAsync(_beats, beat);
    }

    /// <summary>The next message; null at the end of the stream.</summary>
    public async Task<AdminToWorkerMessage?> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System); // So that a lost message ends a test; a busy machine may take long.
        if (!await _call.ResponseStream.MoveNextAsync(limit.Token))
        {
            return null;
        }

        Seen.Enqueue(_call.ResponseStream.Current);
        return _call.ResponseStream.Current;
    }

    public async Task<AdminToWorkerMessage> NextAsync(AdminToWorkerMessage.BodyOneofCase wanted)
    {
        while (await NextAsync() is { } message)
        {
            if (message.BodyCase == wanted)
            {
                return message;
            }
        }

        throw new InvalidOperationException($"the stream ended before a {wanted} came");
    }

    /// <summary>The status the admin ends the stream with.</summary>
    public async Task<Status> EndAsync()
    {
        try
        {
            while (await NextAsync() is not null)
            {
                // Whatever comes before the end.
            }

            return Status.OK;
        }
        catch (RpcException exception)
        {
            return exception.Status;
        }
    }

    public ValueTask HalfCloseAsync() => _call.RequestStream.CompleteAsync();

    public void Dispose()
    {
        _beats?.Dispose();
        _call.Dispose();
        _channel.Dispose();
    }

    private async Task GoOnBeatingAsync(PeriodicTimer beats, WorkerHeartbeat beat)
    {
        try
        {
            while (await beats.WaitForNextTickAsync())
            {
                await SendAsync(new WorkerToAdminMessage { Heartbeat = beat });
            }
        }
        catch (RpcException)
        {
            // The stream has ended; whoever reads it hears why.
        }
    }
}

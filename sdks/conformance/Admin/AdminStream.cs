using System.Buffers.Binary;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Wire;
using Microsoft.AspNetCore.Connections.Features;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>One stream of a worker as the admin sees it: everything said is kept, with its time.</summary>
internal sealed class AdminStream
{
    private readonly Personality _personality;
    private readonly RequestReader<WorkerToAdminMessage> _requests;
    private readonly ResponseWriter<AdminToWorkerMessage> _responses;
    private readonly CallContext _call;
    private readonly Func<WorkerToAdminMessage, IEnumerable<WorkerToAdminMessage>> _hear;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TaskCompletionSource<Status> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private volatile TaskCompletionSource? _paused;
    private volatile bool _isGreeted;

    public AdminStream(
        Personality personality,
        RequestReader<WorkerToAdminMessage> requests,
        ResponseWriter<AdminToWorkerMessage> responses,
        CallContext call,
        CaseClock clock,
        Func<WorkerToAdminMessage, IEnumerable<WorkerToAdminMessage>> hear)
    {
        (_personality, _requests, _responses, _call, _hear) = (personality, requests, responses, call, hear);
        Said = new Journal<WorkerToAdminMessage>("worker", clock, Describe);
        Told = new Journal<AdminToWorkerMessage>("admin", clock, Describe);
        _reading = ReadAsync();
    }

    public Journal<WorkerToAdminMessage> Said { get; }

    public Journal<AdminToWorkerMessage> Told { get; }

    public Metadata RequestHeaders => _call.RequestHeaders;

    /// <summary>With the extension ack: completions are confirmed as they come.</summary>
    public bool Acknowledges { get; set; } = true;

    public IReadOnlyList<string> Extensions { get; private set; } = [];

    /// <summary>The worker was accepted and granted none: it may send no field from 100 on.</summary>
    public bool IsWithoutExtensions => _personality.IsWeed || (_isGreeted && _personality.Extensions.Count == 0);

    public async Task OverAsync()
    {
        try
        {
            var status = await _over.Task.WaitAsync(_call.CancellationToken);
            if (status.Code != StatusCode.OK)
            {
                throw new RpcException(status);
            }
        }
        finally
        {
            ResumeReading();
            _requests.CancelPendingRead();
            await _reading;
        }
    }

    /// <summary>Reads the hello and accepts the worker.</summary>
    public async Task<WorkerHello> GreetAsync(Action<AdminHello>? change = null)
    {
        var hello = await HelloAsync();
        var answer = _personality.Answer(hello);
        change?.Invoke(answer);
        Extensions = [.. answer.Extensions];
        _isGreeted = true;
        await SendAsync(new AdminToWorkerMessage { Hello = answer });
        return hello;
    }

    /// <summary>For admins that only accept: the worker may have gone meanwhile.</summary>
    public Task GreetOrLoseAsync() => OrLoseAsync(GreetAsync());

    /// <summary>What is said may end the stream before it was read whole.</summary>
    public static async Task OrLoseAsync(Task saying)
    {
        try
        {
            await saying;
        }
        catch (Exception exception) when (exception is CaseFailure or IOException or OperationCanceledException or InvalidOperationException or RpcException)
        {
            // It has.
        }
    }

    public async Task<WorkerHello> HelloAsync() => (await FirstAsync(message => message.BodyCase == Body.Hello, "the worker's hello", 10)).Hello;

    public async Task SendAsync(AdminToWorkerMessage message)
    {
        await _writing.WaitAsync();
        try
        {
            Told.Add(message);
            await _responses.WriteAsync(message);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A message of these bytes, whatever they are.</summary>
    public async Task SendRawAsync(byte[] bytes)
    {
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        await _writing.WaitAsync();
        try
        {
            await _call.HttpContext.Response.BodyWriter.WriteAsync(frame);
            await _call.HttpContext.Response.BodyWriter.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task ExecuteAsync(string request, string type, Action<ExecuteJobRequest>? change = null, string? job = null)
    {
        var execute = new ExecuteJobRequest { RequestId = request, Attempt = 1, Job = new JobSpec { JobId = job ?? "job-" + request, JobType = type } };
        change?.Invoke(execute);
        return SendAsync(new AdminToWorkerMessage { RequestId = request, ExecuteJobRequest = execute });
    }

    public Task ExecuteAsync(string request, string type, params (string Name, ConfigValue Value)[] parameters) =>
        ExecuteAsync(request, type, execute =>
        {
            foreach (var (name, value) in parameters)
            {
                execute.Job.Parameters[name] = value;
            }
        });

    public Task DetectAsync(string request, Action<RunDetectionRequest>? change = null)
    {
        var detect = new RunDetectionRequest { RequestId = request, JobType = "conf_detect", DetectionSequence = 1, AdminRuntime = new AdminRuntimeConfig { Enabled = true, DetectionTimeoutSeconds = 60 } };
        change?.Invoke(detect);
        return SendAsync(new AdminToWorkerMessage { RequestId = request, RunDetectionRequest = detect });
    }

    public Task CancelAsync(string envelope, string target, bool force = false) => SendAsync(new AdminToWorkerMessage
    {
        RequestId = envelope,
        CancelRequest = new CancelRequest { TargetId = target, TargetKind = WorkKind.Execution, Reason = "the case wants it", Force = force },
    });

    /// <summary>The first message of that kind, from that index on.</summary>
    public async Task<WorkerToAdminMessage> FirstAsync(Func<WorkerToAdminMessage, bool> wanted, string expected, double seconds, int from = 0) =>
        (await Said.AwaitAsync(wanted, expected, seconds, from)).Item;

    public async Task<JobCompleted> CompletedAsync(string request, double seconds) =>
        (await FirstAsync(message => message.JobCompleted?.RequestId == request, $"job_completed of request {request}", seconds)).JobCompleted;

    public async Task<WorkerAcknowledge> AcknowledgedAsync(string request, double seconds) =>
        (await FirstAsync(message => message.Acknowledge?.RequestId == request, $"an acknowledge of request {request}", seconds)).Acknowledge;

    public async Task<WorkerHeartbeat> BeatAsync(Func<WorkerHeartbeat, bool> wanted, string expected, double seconds, int from = 0) =>
        (await FirstAsync(message => message.Heartbeat is { } beat && wanted(beat), expected, seconds, from)).Heartbeat;

    public IReadOnlyList<WorkerToAdminMessage> All(Body body) => [.. Said.From().Select(entry => entry.Item).Where(message => message.BodyCase == body)];

    /// <summary>Leaves what comes in the pipes; the worker feels it as back-pressure.</summary>
    public void PauseReading() => _paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ResumeReading() => Interlocked.Exchange(ref _paused, null)?.TrySetResult();

    /// <summary>Ends the stream with a status.</summary>
    public void End(StatusCode code = StatusCode.OK, string text = "") => _over.TrySetResult(new Status(code, text));

    /// <summary>Drops the connection: no status, no goodbye.</summary>
    public void Drop()
    {
        if (_call.HttpContext.Features.Get<IConnectionLifetimeFeature>() is { } connection)
        {
            connection.Abort();
        }
        else
        {
            _call.Abort();
        }
    }

    private static string Describe(Google.Protobuf.IMessage message)
    {
        var size = message.CalculateSize();
        if (size > 20_000)
        {
            return $"{(message as WorkerToAdminMessage)?.BodyCase.ToString() ?? (message as AdminToWorkerMessage)?.BodyCase.ToString()} of {size} bytes";
        }

        var text = message.ToString() ?? "";
        return text.Length <= 400 ? text : text[..400] + " …";
    }

    private async Task ReadAsync()
    {
        var why = "the worker half-closed the stream";
        try
        {
            while (await _requests.ReadAsync() is { } read)
            {
                if (_paused is { } paused)
                {
                    await paused.Task;
                }

                foreach (var message in _hear(read))
                {
                    Said.Add(message);
                    if (message.JobCompleted is { } completed && Acknowledges && Extensions.Contains("ack"))
                    {
                        await SendAsync(new AdminToWorkerMessage
                        {
                            RequestId = completed.RequestId,
                            JobCompletedAck = new JobCompletedAck { RequestId = completed.RequestId, JobId = completed.JobId },
                        });
                    }
                }
            }

            // As a real admin: a stream that the worker has ended is ended here too.
            _over.TrySetResult(new Status(StatusCode.OK, ""));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or RpcException or InvalidOperationException)
        {
            why = $"the stream is gone ({exception.Message})";
        }

        Said.End(why);
    }
}

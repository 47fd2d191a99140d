using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using CancelRequest = BlazorPluginAdmin.Wire.V1.CancelRequest;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// The other side of a worker: submits jobs, waits for their end, follows their output, cancels them. An admin that is away for a
/// restart is waited for, <see cref="Patience"/> long, and looked for anew, at each entry of its address in turn; a submission is sent
/// again under its key, so that it makes one job. All members may be called from any thread.
/// </summary>
/// <param name="options">Where the admin is and as whom to speak: address, token or its file (read at every call), TLS and channel; the rest is of no use here.</param>
/// <exception cref="ArgumentException">There are two tokens, or an address is none.</exception>
public sealed class AdminClient(WorkerOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CrowdedPause = TimeSpan.FromSeconds(2);

    private readonly WorkerOptions _options = Problem(options) is { } problem ? throw new ArgumentException(problem, nameof(options)) : options;
    private readonly string[] _entries = WorkerAddress.Split(options.Address);

    // One at a time looks for the admin; what follows belongs to whoever does.
    private readonly SemaphoreSlim _dialling = new(1, 1);
    private readonly Dictionary<string, GrpcChannel> _channels = [];
    private GrpcChannel? _current;
    private int _entry;

    /// <summary>How long an admin may be gone before a call fails; default 2 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Makes a job. It is on the admin's disk when this returns.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="AdminRefusedException">The admin does not take it; the exception says why, field by field.</exception>
    /// <exception cref="RpcException">The admin is gone.</exception>
    public async Task<string> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default)
    {
        var request = submission.ToWire();
        var answer = await PatientAsync(channel => channel.UnaryAsync(Method<SubmitRequest, SubmitResponse>("Submit"), request, Within(cancellationToken)), cancellationToken).ConfigureAwait(false);
        return answer.Job.JobId;
    }

    /// <summary>Makes a job and waits for its end. A cancelled token ends the waiting, not the job.</summary>
    /// <exception cref="AdminRefusedException">The admin does not take it; the exception says why, field by field.</exception>
    /// <exception cref="RpcException">The admin is gone.</exception>
    public async Task<FinishedJob> RunJobAsync(JobSubmission submission, CancellationToken cancellationToken = default) =>
        await WaitAsync(await SubmitAsync(submission, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for the end of a job and fetches its result. Where the caller may open no more streams, the job is asked for every two seconds.</summary>
    /// <exception cref="AdminRefusedException">There is no such job.</exception>
    /// <exception cref="RpcException">The admin is gone.</exception>
    public Task<FinishedJob> WaitAsync(string jobId, CancellationToken cancellationToken = default) => PatientAsync(
        async (channel, answered) =>
        {
            var get = new GetRequest { JobId = jobId, Include = { Include.Result } };
            var watch = new WatchEventsRequest { Filter = new JobFilter { JobIds = { jobId } } };
            while (true)
            {
                using var events = channel.ServerStreaming(Method<WatchEventsRequest, JobEvent>("WatchEvents"), watch, Call(cancellationToken));
                bool? isTold;
                do
                {
                    // Asked for once the events are listened to, then after each: an end between the two is not missed.
                    isTold = await IsToldAsync(events, cancellationToken).ConfigureAwait(false);
                    var job = (await channel.UnaryAsync(Method<GetRequest, GetResponse>("Get"), get, Within(cancellationToken)).ConfigureAwait(false)).Job;
                    answered();
                    if (job.State is JobState.Succeeded or JobState.Failed or JobState.Canceled)
                    {
                        return FinishedJob.From(job);
                    }

                    if (isTold is false)
                    {
                        throw new RpcException(new Status(StatusCode.Unavailable, "the admin ended the events"));
                    }
                }
                while (isTold is not null);

                await Task.Delay(CrowdedPause, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        },
        cancellationToken);

    /// <summary>What a job writes, both streams by arrival, from its first byte on; ends with the job when it follows.</summary>
    /// <param name="jobId">A job of this admin.</param>
    /// <param name="follow">Waits for what is still to be written, and for further attempts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AdminRefusedException">There is no such job.</exception>
    /// <exception cref="RpcException">The admin is gone, or the connection broke: output is not picked up again where it broke.</exception>
    public async IAsyncEnumerable<OutputPiece> WatchLogsAsync(string jobId, bool follow = true, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new WatchLogsRequest { JobId = jobId, Follow = follow };
        var (call, chunk) = await PatientAsync(channel => FirstAsync(channel, request, cancellationToken), cancellationToken).ConfigureAwait(false);
        using (call)
        {
            for (; chunk is not null; chunk = await NextAsync(call, cancellationToken).ConfigureAwait(false))
            {
                if (!chunk.Data.IsEmpty || chunk.GapBytes > 0)
                {
                    yield return new OutputPiece(chunk.Attempt, (OutputStream)(int)chunk.Stream, chunk.Offset, chunk.Data.Memory, chunk.GapBytes);
                }
            }
        }
    }

    /// <summary>Asks for the end of a job. It may still succeed: <see cref="WaitAsync"/> says how it ended.</summary>
    /// <param name="jobId">A job of this admin.</param>
    /// <param name="reason">For people.</param>
    /// <param name="force">Does not wait for the worker.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="AdminRefusedException">There is no such job, or it has ended.</exception>
    /// <exception cref="RpcException">The admin is gone.</exception>
    public Task CancelAsync(string jobId, string reason = "", bool force = false, CancellationToken cancellationToken = default)
    {
        var request = new CancelRequest { JobId = jobId, Reason = reason, Force = force };
        return PatientAsync(channel => channel.UnaryAsync(Method<CancelRequest, CancelResponse>("Cancel"), request, Within(cancellationToken)), cancellationToken);
    }

    /// <summary>Ends what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _dialling.WaitAsync().ConfigureAwait(false);
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }

        _dialling.Dispose();
    }

    private static string? Problem(WorkerOptions options) => WorkerAddress.Split(options.Address) is { Length: > 0 } entries
        ? options.TokenProblem ?? entries.Select(WorkerAddress.Problem).FirstOrDefault(problem => problem is not null)
        : "no address is set";

    private static GrpcMethod<TRequest, TResponse> Method<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => GrpcMethod.From<TRequest, TResponse>(JobServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("JobService"), name);

    private CallOptions Within(CancellationToken cancellationToken) => Call(cancellationToken) with { Deadline = _options.TimeProvider.GetUtcNow() + TimeSpan.FromSeconds(30) };

    private CallOptions Call(CancellationToken cancellationToken)
    {
        var headers = new Metadata();
        if (_options.CurrentToken() is { } token)
        {
            headers.Add("authorization", $"Bearer {token}");
        }

        return new CallOptions(headers, CancellationToken: cancellationToken);
    }

    /// <summary>False at the end of the events; null: there are none, for the caller has as many streams open as it may have.</summary>
    private static async ValueTask<bool?> IsToldAsync(ServerStreamCall<WatchEventsRequest, JobEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.ResponseStream.MoveNextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException exception) when (exception is { StatusCode: StatusCode.ResourceExhausted, IsUnreadable: false })
        {
            return null;
        }
    }

    /// <summary>The output, once its admin is found: by its first chunk, null where there is none.</summary>
    private async Task<(ServerStreamCall<WatchLogsRequest, LogChunk> Call, LogChunk? First)> FirstAsync(GrpcChannel channel, WatchLogsRequest request, CancellationToken cancellationToken)
    {
        var call = channel.ServerStreaming(Method<WatchLogsRequest, LogChunk>("WatchLogs"), request, Call(cancellationToken));
        try
        {
            return (call, await NextAsync(call, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    private static async ValueTask<LogChunk?> NextAsync(ServerStreamCall<WatchLogsRequest, LogChunk> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ResponseStream.MoveNextAsync(cancellationToken).ConfigureAwait(false) ? call.ResponseStream.Current : null;
        }
        catch (RpcException exception) when (AdminRefusedException.Of(exception) is { } refused)
        {
            throw refused;
        }
    }

    private Task<T> PatientAsync<T>(Func<GrpcChannel, Task<T>> call, CancellationToken cancellationToken) => PatientAsync((channel, _) => call(channel), cancellationToken);

    /// <param name="call">Says of each answer that it came, when more than one comes: a long call is not a long absence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<T> PatientAsync<T>(Func<GrpcChannel, Action, Task<T>> call, CancellationToken cancellationToken)
    {
        long? lost = null;
        while (true)
        {
            GrpcChannel? channel = null;
            try
            {
                channel = await ChannelAsync(cancellationToken).ConfigureAwait(false);
                return await call(channel, () => lost = null).ConfigureAwait(false);
            }
            catch (RpcException exception) when (AdminRefusedException.Of(exception) is { } refused)
            {
                throw refused;
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal)
            {
                await LookElsewhereAsync(channel, cancellationToken).ConfigureAwait(false);
                lost ??= _options.TimeProvider.GetTimestamp();
                if (_options.TimeProvider.GetElapsedTime(lost.Value) >= Patience)
                {
                    throw;
                }

                await Task.Delay(Pause, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where the admin was found last; all calls share it. One channel an address: calls may be under way on those of before.</summary>
    private async Task<GrpcChannel> ChannelAsync(CancellationToken cancellationToken)
    {
        await _dialling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_current is not null)
            {
                return _current;
            }

            var address = await WorkerAddress.ResolveAsync(_entries[_entry], _options, cancellationToken).ConfigureAwait(false);
            if (!_channels.TryGetValue(address, out var channel))
            {
                var (secured, dialling) = _options.Secured(address);
                _channels[address] = channel = GrpcChannel.ForAddress(secured, dialling);
            }

            return _current = channel;
        }
        catch (StartFailureException failure)
        {
            // What it says may change: the admin is away as it is when nobody answers.
            throw new RpcException(new Status(StatusCode.Unavailable, failure.Message), null, failure);
        }
        finally
        {
            _dialling.Release();
        }
    }

    /// <summary>The next call asks the next entry where to dial, and one of a single entry again: its admin may be elsewhere now, or was a guess.</summary>
    /// <param name="failed">Where nobody answered; null: there was no address to dial. Whoever comes late with it has been served already.</param>
    /// <param name="cancellationToken">Stops waiting for those who look now.</param>
    private async Task LookElsewhereAsync(GrpcChannel? failed, CancellationToken cancellationToken)
    {
        await _dialling.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_current == failed)
        {
            _current = null;
            _entry = (_entry + 1) % _entries.Length;
        }

        _dialling.Release();
    }
}

using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>One worker stream: hello within the deadline, then a read loop in and a pump out, until either side ends it.</summary>
public sealed partial class WorkerGateway(
    IWorkerInbox inbox, IAdmin admin, WorkerConnections connections, JobOutput output, Observations observations, ObjectPreviews previews, TimeProvider time, ILogger<WorkerGateway> logger)
{
    /// <summary>Pieces of dropped output of a session that are told of one by one; then each time their number has doubled.</summary>
    private const int MostDropsTold = 5;

    private static readonly string Version = typeof(WorkerGateway).Assembly.GetName().Version!.ToString(3);

    public async Task RunAsync(RequestReader<Wire.WorkerToAdminMessage> requests, ResponseWriter<Wire.AdminToWorkerMessage> responses, CallContext call)
    {
        call.ResponseHeaders.Add("plugin-admin-version", Version);
        var session = inbox.NextSession();
        if (await FirstAsync(session, requests, call.Peer) is not { } first)
        {
            return;
        }

        using var connection = new WorkerConnection(session, call.CancellationToken);
        await using var stopping = call.ShutdownToken.Register(() => connection.Close(new SessionEnd(SessionEndCode.ShuttingDown, "the admin is stopping")));
        await using var closing = connection.Closed.Register(requests.CancelPendingRead);
        connections.Add(connection);
        var pump = connection.PumpAsync(responses, message => OutboundMapper.ToWire(message, Payload, time.GetUtcNow()), time);
        var reason = "the worker ended its stream";
        try
        {
            reason = await ReadAsync(connection, first, requests, call.Peer);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or RpcException)
        {
            reason = connection.End?.Text ?? (exception is RpcException rpc ? rpc.Status.Detail : "the stream broke");
            if (connection.End is null && exception is RpcException)
            {
                throw;
            }
        }
        finally
        {
            connection.Close(new SessionEnd(SessionEndCode.ShuttingDown, reason));
            connections.Remove(connection);
            previews.Ended(connection.Session);
            await inbox.PostAsync(new WorkerInput.Ended(connection.Session, reason), CancellationToken.None);
            await pump;
            LogEnded(logger, connection.Session.Value, reason);
        }

        if (connection.End is { Code: SessionEndCode.SlowReader })
        {
            // A status would have to wait behind all that it does not read, and the stream with it.
            call.Abort();
        }

        EndStatus(connection.End);
    }

    /// <summary>Null when the client closes without a word. Who is sent away is noted, so that people can see why a worker does not appear.</summary>
    private async Task<Wire.WorkerToAdminMessage?> FirstAsync(SessionId session, RequestReader<Wire.WorkerToAdminMessage> requests, string peer)
    {
        var worker = "";
        try
        {
            var first = await FirstAsync(requests);
            worker = WireLimits.Cut(first?.Hello?.WorkerId ?? "", WireLimits.Id);
            Refuse(first);
            return first;
        }
        catch (RpcException refused)
        {
            await inbox.PostAsync(new WorkerInput.SentAway(session, worker, peer, WireLimits.Cut(refused.Status.Detail, WireLimits.Message)), CancellationToken.None);
            throw;
        }
    }

    private async Task<Wire.WorkerToAdminMessage?> FirstAsync(RequestReader<Wire.WorkerToAdminMessage> requests)
    {
        try
        {
            return await requests.ReadAsync().AsTask().WaitAsync(WireLimits.Handshake, time);
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "no hello came within 5 s"));
        }
    }

    private static void Refuse(Wire.WorkerToAdminMessage? first)
    {
        var refusal = first is null ? null
            : first.BodyCase != Wire.WorkerToAdminMessage.BodyOneofCase.Hello ? "first message must be hello"
            : string.IsNullOrWhiteSpace(first.Hello.WorkerId) ? "worker_id is required"
            : first.Hello.WorkerId.Length > WireLimits.WorkerId || first.Hello.WorkerId.Any(char.IsControl) ? $"worker_id must have 1 to {WireLimits.WorkerId} printable characters"
            : null;
        if (refusal is not null)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, refusal));
        }
    }

    private async Task<string> ReadAsync(WorkerConnection connection, Wire.WorkerToAdminMessage first, RequestReader<Wire.WorkerToAdminMessage> requests, string peer)
    {
        var worker = first.Hello.WorkerId;
        var told = false;
        var dropped = 0L;
        for (var message = first; message is not null; message = await requests.ReadAsync())
        {
            if (!told && message.WorkerId.Length > 0 && message.WorkerId != worker)
            {
                told = true;
                LogOtherId(logger, WireLimits.Cut(worker, WireLimits.Id), WireLimits.Cut(message.WorkerId, WireLimits.Id));
            }

            if (message.BodyCase == Wire.WorkerToAdminMessage.BodyOneofCase.JobLog)
            {
                var news = await output.AppendAsync(connection.Session, message.JobLog, dropped, connection.Closed);
                if (news is not null && (news is not WorkerInput.OutputDropped || ++dropped <= MostDropsTold || long.IsPow2(dropped)))
                {
                    await inbox.PostAsync(news, connection.Closed);
                }

                continue;
            }

            if (message.BodyCase == Wire.WorkerToAdminMessage.BodyOneofCase.Observations)
            {
                observations.Take(worker, message.Observations);
            }

            if (message.BodyCase == Wire.WorkerToAdminMessage.BodyOneofCase.ObjectPreviewResponse)
            {
                previews.Take(connection.Session, message.ObjectPreviewResponse);
            }

            if (message.BodyCase == Wire.WorkerToAdminMessage.BodyOneofCase.Hello)
            {
                // The first hello's id counts for the stream.
                message.Hello.WorkerId = worker;
            }

            if (InboundMapper.ToInput(connection.Session, peer, message, time.GetUtcNow()) is { } input)
            {
                await inbox.PostAsync(input, connection.Closed);
            }
        }

        return "the worker ended its stream";
    }

    private JobPayload Payload(JobId job)
    {
        var payload = admin.History.ReadPayload(job) ?? JobPayload.Empty;
        if (!payload.LostSecrets.IsEmpty)
        {
            inbox.TryNote(new SecretsLost(job, payload.LostSecrets));
        }

        return payload;
    }

    private static void EndStatus(SessionEnd? end)
    {
        var code = end?.Code switch
        {
            SessionEndCode.Replaced => StatusCode.Aborted,
            SessionEndCode.SlowReader => StatusCode.ResourceExhausted,
            SessionEndCode.Silent => StatusCode.Unavailable,
            SessionEndCode.Refused => StatusCode.Internal,
            SessionEndCode.NotAdmitted => StatusCode.PermissionDenied,
            _ => StatusCode.OK,
        };
        if (code != StatusCode.OK)
        {
            throw new RpcException(new Status(code, end!.Text));
        }
    }

    [LoggerMessage(21, LogLevel.Warning, "Worker {Worker} writes {Other} on its envelopes; the id of its hello counts")]
    private static partial void LogOtherId(ILogger logger, string worker, string other);

    [LoggerMessage(20, LogLevel.Debug, "Session {Session} ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, long session, string reason);
}

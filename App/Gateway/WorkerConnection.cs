using System.Threading.Channels;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>
/// The way out to one worker: a bounded outbox and the one pump that empties it. The engine never waits here: a full
/// outbox ends the stream.
/// </summary>
public sealed class WorkerConnection : IDisposable
{
    private readonly Channel<Outbound> _outbox = Channel.CreateBounded<Outbound>(new BoundedChannelOptions(WireLimits.Outbox) { SingleReader = true });
    private readonly CancellationTokenSource _closed;
    private volatile SessionEnd? _end;

    public WorkerConnection(SessionId session, CancellationToken callEnded)
    {
        Session = session;
        _closed = CancellationTokenSource.CreateLinkedTokenSource(callEnded);
    }

    public SessionId Session { get; }

    /// <summary>Cancelled when the stream is to end, from whichever side.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Why the admin ended the stream; null when it did not.</summary>
    public SessionEnd? End => _end;

    public bool TrySend(Outbound message)
    {
        if (_outbox.Writer.TryWrite(message))
        {
            return true;
        }

        Close(new SessionEnd(SessionEndCode.SlowReader, "the worker does not read; its outbox is full"));
        return false;
    }

    public void Close(SessionEnd end)
    {
        _end ??= end;
        _outbox.Writer.TryComplete();
        _closed.Cancel();
    }

    /// <summary>Sends what is queued, many messages to a flush, until the stream ends.</summary>
    public async Task PumpAsync(ResponseWriter<Wire.AdminToWorkerMessage> responses, Func<Outbound, Wire.AdminToWorkerMessage> map, TimeProvider time)
    {
        try
        {
            while (await _outbox.Reader.WaitToReadAsync(Closed))
            {
                for (var batch = 0; batch < 128 && _outbox.Reader.TryRead(out var message); batch++)
                {
                    responses.Buffer(map(message));
                }

                var flush = responses.FlushAsync();
                if (!flush.IsCompletedSuccessfully)
                {
                    await flush.AsTask().WaitAsync(WireLimits.SlowReader, time, Closed);
                }
            }
        }
        catch (TimeoutException)
        {
            Close(new SessionEnd(SessionEndCode.SlowReader, "the worker does not read"));
        }
        catch (RpcException exception)
        {
            Close(new SessionEnd(SessionEndCode.Refused, exception.Status.Detail));
        }
        catch (OperationCanceledException) when (Closed.IsCancellationRequested)
        {
            // The stream ends.
        }
        finally
        {
            await _closed.CancelAsync();
        }
    }

    public void Dispose() => _closed.Dispose();
}

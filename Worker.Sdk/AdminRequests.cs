using System.Threading.Channels;
using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>What the admin asks for, and who answers.</summary>
/// <param name="session">Where it is asked, and answered.</param>
/// <param name="runner">Does the work.</param>
/// <param name="self">Describes the handlers.</param>
/// <param name="outbox">Has room for the answers, or is waited for.</param>
/// <param name="logger">Of the worker.</param>
/// <param name="over">The session is over.</param>
internal sealed partial class AdminRequests(WorkerStream session, WorkRunner runner, SelfDescription self, Outbox outbox, ILogger logger, CancellationToken over)
{
    /// <summary>More than this the admin has to keep itself until the loop that starts handlers comes to it.</summary>
    private const int InboxLength = 1024;

    /// <summary>Work and what is said about it, in order: the reader never waits for a handler's answer.</summary>
    private readonly Channel<AdminToWorkerMessage> _inbox =
        Channel.CreateBounded<AdminToWorkerMessage>(new BoundedChannelOptions(InboxLength) { SingleReader = true, SingleWriter = true });

    /// <summary>The loop that starts handlers. It asks them whether they can run, so they can hold it up: a ping tells.</summary>
    public async Task WorkAsync()
    {
        await foreach (var message in _inbox.Reader.ReadAllAsync(over).ConfigureAwait(false))
        {
            await outbox.RoomAsync().ConfigureAwait(false);
            switch (message.BodyCase)
            {
                case AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest:
                    message.RunDetectionRequest.RequestId = Either(message.RunDetectionRequest.RequestId, message.RequestId);
                    runner.Detect(message.RunDetectionRequest, session);
                    break;
                case AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest:
                    message.ExecuteJobRequest.RequestId = Either(message.ExecuteJobRequest.RequestId, message.RequestId);
                    await runner.ExecuteAsync(message.ExecuteJobRequest, session, over).ConfigureAwait(false);
                    break;
                case AdminToWorkerMessage.BodyOneofCase.CancelRequest:
                    runner.Cancel(message.CancelRequest, message.RequestId, session);
                    break;
                case AdminToWorkerMessage.BodyOneofCase.Ping:
                    session.Send(new WorkerToAdminMessage { Pong = new Pong { Nonce = message.Ping.Nonce } });
                    break;
                case AdminToWorkerMessage.BodyOneofCase.Drain:
                    runner.IsDrained = message.Drain.Enabled;
                    session.WorkChanged();
                    break;
            }
        }
    }

    /// <summary>By the reader: what is answered at once, and what has to wait its turn.</summary>
    public async ValueTask TakeAsync(AdminToWorkerMessage message)
    {
        switch (message.BodyCase)
        {
            case AdminToWorkerMessage.BodyOneofCase.Hello:
                // A late or second one grants nothing any more, but it may still refuse.
                if (message.Hello.Accepted)
                {
                    LogHelloAgain(logger);
                }
                else
                {
                    session.Close(CloseReason.Rejected, message.Hello.Message, StreamEnds.IsForGood(message.Hello));
                }

                break;
            case AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema:
                session.Send(self.Schema(message));
                break;
            case AdminToWorkerMessage.BodyOneofCase.RunDetectionRequest or AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest or AdminToWorkerMessage.BodyOneofCase.CancelRequest
                or AdminToWorkerMessage.BodyOneofCase.Ping or AdminToWorkerMessage.BodyOneofCase.Drain:
                await _inbox.Writer.WriteAsync(message, over).ConfigureAwait(false);
                break;
            case AdminToWorkerMessage.BodyOneofCase.Shutdown:
                session.Acknowledge(message.RequestId, accepted: true, "shutdown acknowledged");
                session.ShutDown(message.Shutdown);
                break;
            case AdminToWorkerMessage.BodyOneofCase.JobCompletedAck:
                runner.Completions.Confirm(message.JobCompletedAck.RequestId);
                break;
            case AdminToWorkerMessage.BodyOneofCase.RequestObjectPreview:
                if (!runner.Previews.IsOffered)
                {
                    session.Acknowledge(message.RequestId, accepted: false, "unsupported request body");
                }

                runner.Preview(message.RequestObjectPreview, message.RequestId, session, over);
                break;
            default:
                session.Acknowledge(message.RequestId, accepted: false, "unsupported request body");
                break;
        }
    }

    private static string Either(string body, string envelope) => body.Length > 0 ? body : envelope;

    [LoggerMessage(11, LogLevel.Warning, "The admin said hello again; that changes nothing")]
    private static partial void LogHelloAgain(ILogger logger);
}

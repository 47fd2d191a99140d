using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>
/// A question to which the answer is worth nothing but its time. Workers with the extension answer a ping; of the others a
/// descriptor is asked that they offer, which every worker has to answer.
/// </summary>
public static class PingTransitions
{
    /// <summary>Round trips kept per session.</summary>
    public const int Kept = 20;

    public static Reply<Worker> Ask(Turn turn, PingWorker command)
    {
        if (turn.State.Workers.GetValueOrDefault(command.Worker) is not { } worker)
        {
            return new Refusal(RefusalCode.NotFound, $"worker {command.Worker} is not known");
        }

        if (worker.Session is not { } id)
        {
            return new Refusal(RefusalCode.WrongState, $"worker {command.Worker} is not connected");
        }

        var session = turn.State.Sessions[id];
        var request = turn.Ids.Request("ping", turn.Now);
        if (session.Extensions.Contains("ping"))
        {
            turn.Send(id, new Outbound.Ping(NonceOf(request)));
        }
        else if (worker.Capabilities.Keys.FirstOrDefault() is { } type)
        {
            turn.Send(id, new Outbound.RequestSchema(request, type, ForceRefresh: false));
        }
        else
        {
            return new Refusal(RefusalCode.WrongState, $"worker {command.Worker} offers no job type, so there is nothing to ask it for");
        }

        turn.Put(session with { Ping = new PendingPing(request, turn.Now.Stamp) });
        return worker;
    }

    /// <summary>True: this was the answer to a ping and nothing else.</summary>
    public static bool Answered(Turn turn, Session session, RequestId request)
    {
        if (session.Ping is not { } ping || ping.Request != request)
        {
            return false;
        }

        turn.Put(session with { Ping = null, RoundTrips = [.. session.RoundTrips.TakeLast(Kept - 1), turn.Now.Stamp - ping.SentAt] });
        return true;
    }

    public static void Answered(Turn turn, Session session, long nonce)
    {
        if (session.Ping is { } ping && NonceOf(ping.Request) == nonce)
        {
            Answered(turn, session, ping.Request);
        }
    }

    /// <summary>The same for the same request, in every process: FNV-1a.</summary>
    private static long NonceOf(RequestId request)
    {
        var hash = 14695981039346656037UL;
        foreach (var unit in request.Value)
        {
            hash = (hash ^ unit) * 1099511628211UL;
        }

        return (long)(hash & long.MaxValue);
    }
}

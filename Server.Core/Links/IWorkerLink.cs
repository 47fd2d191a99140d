using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Links;

public enum SessionEndCode
{
    Replaced,
    SlowReader,
    Silent,
    Refused,
    NotAdmitted,
    ShuttingDown,
}

/// <summary>Why the admin ends a stream.</summary>
public sealed record SessionEnd(SessionEndCode Code, string Text);

/// <summary>The way out to the workers. Never blocks; any thread.</summary>
public interface IWorkerLink
{
    /// <summary>Queues a message; false when the session is gone or its outbox is full (the link then ends it).</summary>
    bool TrySend(SessionId session, Outbound message);

    /// <summary>Ends the stream. A <c>SessionEnded</c> input follows, as for every stream that ends.</summary>
    void Close(SessionId session, SessionEnd end);
}

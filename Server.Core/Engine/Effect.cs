using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>Something to do once the commit is durable.</summary>
public abstract record Effect
{
    private Effect() { }

    public sealed record Send(SessionId Session, Outbound Message) : Effect;

    /// <summary>The cluster lock is wanted, or no more.</summary>
    public sealed record Lock(bool Wanted) : Effect;

    public sealed record Close(SessionId Session, SessionEnd End) : Effect;
}

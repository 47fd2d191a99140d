namespace BlazorPluginAdmin.Server.Core.Sessions;

/// <summary>A session that is over: from where, from when to when, and why it ended.</summary>
public sealed record PastSession(long Generation, string Address, DateTimeOffset From, DateTimeOffset To, string Reason);

using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Who sent the request.</summary>
public sealed class Caller(IHttpContextAccessor http)
{
    /// <summary>Who submits jobs: without an account, the address, as over gRPC. Keys and rates of submissions are those of their caller.</summary>
    public Actor Submitter => http.HttpContext is { } context ? context.User.Actor(Actor.LocalRest.Via, context.Connection.RemoteIpAddress?.ToString() ?? "unknown") : default;

    public Actor By => http.HttpContext?.User.Actor(Actor.LocalRest.Via, Actor.LocalRest.Name) ?? default;
}

using System.Net;
using System.Security.Claims;
using BlazorPluginAdmin.Server.Core.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>
/// Who stands behind a connection, by the listener it came in on; nothing that a request says changes that. Everything behind
/// believes <see cref="HttpContext.User"/> alone, so that an authentication that asks people who they are has only this to replace.
/// </summary>
public sealed class Door
{
    /// <summary>Without accounts everybody on this machine is the admin, and nobody else is anybody.</summary>
    public static readonly Door Local = new(Role.Admin, "", isForEverybody: false);

    /// <summary>Whoever reaches it may look.</summary>
    public static readonly Door ViewOnly = new(Role.Viewer, Role.Viewer.Name, isForEverybody: true);

    private static readonly ClaimsPrincipal Nobody = new();

    private readonly ClaimsPrincipal _person;
    private readonly bool _isForEverybody;

    private Door(Role role, string name, bool isForEverybody) => (_person, _isForEverybody) = (Principals.Of(role, "door", name), isForEverybody);

    /// <summary>Every connection of the listener bears this door.</summary>
    public void Mark(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(this);
        return next(connection);
    });

    public static Task NameAsync(HttpContext http, RequestDelegate next)
    {
        http.User = http.Features.Get<Door>() is { } door && (door._isForEverybody || IsLocal(http.Connection.RemoteIpAddress)) ? door._person : Nobody;
        return next(http);
    }

    public static bool IsLocal(IPAddress? peer) => peer is not null && IPAddress.IsLoopback(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer);
}

using System.Security.Claims;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Security;

/// <summary>Whatever authenticates sets a principal with a role, and with a name where it knows one; this turns it into who acts.</summary>
public static class Principals
{
    /// <param name="authentication">What vouches for it.</param>
    /// <param name="name">Empty: somebody without an account.</param>
    public static ClaimsPrincipal Of(Role role, string authentication, string name = "") =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Role, role.Name), .. name.Length > 0 ? [new Claim(ClaimTypes.Name, name)] : Array.Empty<Claim>()], authentication));

    /// <summary>A principal without a role that is known here may nothing.</summary>
    /// <param name="via">See <see cref="Actor.Via"/>.</param>
    /// <param name="nameless">What somebody without an account is called.</param>
    public static Actor Actor(this ClaimsPrincipal? principal, string via, string nameless) =>
        new(principal?.Identity?.Name ?? nameless, via, principal?.FindFirst(ClaimTypes.Role) is { } role ? Role.Find(role.Value) : null);
}

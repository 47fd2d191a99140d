using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;
using Microsoft.AspNetCore.Components.Authorization;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>
/// Who looks at the pages of this circuit. What somebody may not do is not offered; it is the door of the admin that refuses it.
/// Nobody, until the circuit's principal is known. Circuit's thread only.
/// </summary>
public sealed class Who : IDisposable
{
    private readonly AuthenticationStateProvider _authentication;

    public Who(AuthenticationStateProvider authentication)
    {
        _authentication = authentication;
        _authentication.AuthenticationStateChanged += OnChanged;
    }

    public Actor Actor { get; private set; }

    /// <summary>Nobody signed in: all who come through the same door are the same actor.</summary>
    public bool IsNameless { get; private set; }

    /// <summary>Looks, and may do nothing else.</summary>
    public bool OnlyLooks => Actor.Role is not { Permissions.IsEmpty: false };

    public bool May(Permission permission) => Actor.May(permission);

    /// <summary>Why something is not offered, and what to do.</summary>
    /// <param name="what">That needs the permission.</param>
    public string WhyNot(Permission permission, string what = "Changing it") => OnlyLooks
        ? $"You look at this through the view-only address. {what} needs {permission}."
        : $"{what} needs {permission}, which the role {Actor.Role} does not have. Ask somebody who may.";

    public Task LearnAsync() => LearnAsync(_authentication.GetAuthenticationStateAsync());

    public void Dispose() => _authentication.AuthenticationStateChanged -= OnChanged;

    private async Task LearnAsync(Task<AuthenticationState> state)
    {
        var user = (await state).User;
        (Actor, IsNameless) = (user.Actor(Actor.LocalUi.Via, Actor.LocalUi.Name), user.Identity?.Name is null);
    }

    /// <summary>Somebody else has taken the circuit over, or lost a role: the next act is theirs.</summary>
    private void OnChanged(Task<AuthenticationState> state) => _ = LearnAsync(state);
}

using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>Something happened. Derived records live in the feature folders.</summary>
public abstract record Input;

/// <summary>Somebody wants something and waits for a <see cref="Reply{T}"/>.</summary>
/// <param name="Needs">What <paramref name="By"/> must be allowed; the door asks, nobody behind it does.</param>
public abstract record Command<T>(Actor By, Permission Needs) : Input
{
    public Permission Needs { get; } = Needs;
}

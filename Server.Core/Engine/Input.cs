namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>Something happened. Derived records live in the feature folders.</summary>
public abstract record Input;

/// <summary>Somebody wants something and waits for a <see cref="Reply{T}"/>.</summary>
public abstract record Command<T>(Actor By) : Input;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>
/// The one instant a step sees. Leases, heartbeats, timeouts and back-off compare <see cref="Stamp"/>, which no clock
/// jump moves; dates that people wrote compare <see cref="Wall"/>.
/// </summary>
/// <param name="Wall">UTC wall time.</param>
/// <param name="Stamp">Monotonic time since the engine started.</param>
public readonly record struct Now(DateTimeOffset Wall, TimeSpan Stamp);

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>How times of a lane become places.</summary>
/// <param name="PerSecond">Pixels.</param>
/// <param name="Origin">Where zero is: a bar keeps its place while the picture moves.</param>
/// <param name="Edge">Where the picture begins: what is written on a bar that began before is written there.</param>
/// <param name="Hatch">The pattern of what was given back, or is not yet acknowledged.</param>
public readonly record struct SwimScale(double PerSecond, DateTimeOffset Origin, DateTimeOffset Edge, string Hatch)
{
    public double At(DateTimeOffset time) => (time - Origin).TotalSeconds * PerSecond;
}

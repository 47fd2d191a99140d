using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>Detectors of a type that are asked one after the other, because each sees only what is its own.</summary>
/// <param name="Left">Those that were there when the round began and have not been asked yet.</param>
/// <param name="Command">What each of them is asked.</param>
public sealed record DetectionRound(ImmutableArray<WorkerId> Left, RequestDetection Command)
{
    /// <summary>Null: that was the last one.</summary>
    public DetectionRound? Without(int asked) => asked >= Left.Length ? null : this with { Left = Left[asked..] };
}

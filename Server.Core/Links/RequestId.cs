namespace BlazorPluginAdmin.Server.Core.Links;

/// <summary>Fences what a worker reports: one per detection, attempt or question. Form: <c>prefix-unixnanos-16hex</c>.</summary>
public readonly record struct RequestId(string Value)
{
    public const string AttemptPrefix = "exec";

    public bool IsOfAttempt => Value.StartsWith(AttemptPrefix + "-", StringComparison.Ordinal);

    public override string ToString() => Value;
}

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>A job type a worker offers. A maximum of zero means "not said".</summary>
public sealed record Capability(
    string JobType, bool CanDetect, bool CanExecute, int MaxDetections, int MaxExecutions, string DisplayName, string Description, int Weight);

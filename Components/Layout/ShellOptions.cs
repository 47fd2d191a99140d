namespace BlazorPluginAdmin.Components.Layout;

/// <summary>What the host tells the frame of every page.</summary>
public sealed record ShellOptions(string Environment, string Version, string WorkerAddress, string HttpAddress);

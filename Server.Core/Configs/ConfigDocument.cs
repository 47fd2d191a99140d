using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>One saved version of a job type's config. Versions count from 1; the highest is in force.</summary>
public sealed record ConfigDocument
{
    public required string JobType { get; init; }

    public required long Version { get; init; }

    public uint DescriptorVersion { get; init; }

    public ConfigValues AdminValues { get; init; } = ConfigValues.Empty;

    public ConfigValues WorkerValues { get; init; } = ConfigValues.Empty;

    public RuntimeSettings? Runtime { get; init; }

    /// <summary>Null: nobody has changed any.</summary>
    public DispatchSettings? Dispatch { get; init; }

    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>A person's name, or <c>plugin</c> for the values a descriptor brought.</summary>
    public required string SavedBy { get; init; }

    public string Via { get; init; } = "";

    public string Reason { get; init; } = "";
}

using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>
/// Saves a config. <see cref="ExpectedVersion"/> is the version that was read (0 = none yet); null = last writer wins.
/// Secrets left out keep their stored value. Every broken rule comes back as a field error.
/// </summary>
public sealed record SaveConfig(
    Actor By,
    string JobType,
    long? ExpectedVersion,
    ConfigValues AdminValues,
    ConfigValues WorkerValues,
    RuntimeSettings? Runtime,
    string Reason) : Command<ConfigDocument>(By);

/// <summary>Asks a worker for the descriptor again; accepted when asked, the answer shows in the read model.</summary>
public sealed record RefreshSchema(Actor By, string JobType, bool Force) : Command<SchemaRefresh>(By);

/// <summary>The request under way, or null when the stored descriptor is good enough.</summary>
public sealed record SchemaRefresh(string JobType, Links.RequestId? RequestId);

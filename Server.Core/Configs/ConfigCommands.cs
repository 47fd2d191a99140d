using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Security;

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
    string Reason) : Command<ConfigDocument>(By, Permission.ConfigEdit);

/// <summary>Asks a worker for the descriptor again; accepted when asked, the answer shows in the read model.</summary>
public sealed record RefreshSchema(Actor By, string JobType, bool Force) : Command<SchemaRefresh>(By, Permission.WorkersControl);

/// <summary>Switches a job type on or off, whatever else its config says: a new version that changes nothing but that.</summary>
public sealed record EnableJobType(Actor By, string JobType, bool Enabled) : Command<ConfigDocument>(By, Permission.ConfigEdit);

/// <summary>Saves how jobs of a type are queued and given out: a new version of its config that changes nothing but that.</summary>
/// <param name="ExpectedVersion">Of the config that was read; null: the last writer wins.</param>
public sealed record SaveDispatch(Actor By, string JobType, long? ExpectedVersion, DispatchSettings Settings, string Reason = "") : Command<ConfigDocument>(By, Permission.ConfigEdit);

/// <summary>A person has seen how the forms changed since the config was saved; nothing else changes.</summary>
public sealed record AcceptForms(Actor By, string JobType) : Command<Descriptor>(By, Permission.ConfigEdit);

/// <summary>Agrees that a field is no secret any more, as its worker says; from then on its value is shown.</summary>
public sealed record RevealField(Actor By, string JobType, FormKind Form, string Field) : Command<Descriptor>(By, Permission.ConfigSecrets);

/// <summary>The request under way, or null when the stored descriptor is good enough.</summary>
public sealed record SchemaRefresh(string JobType, Links.RequestId? RequestId);

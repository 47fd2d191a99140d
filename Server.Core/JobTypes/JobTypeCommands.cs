using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.JobTypes;

/// <summary>Puts a job type away that nobody offers any more, or takes it back: it is not listed, nothing of it is lost.</summary>
public sealed record ArchiveJobType(Actor By, string JobType, bool Archived) : Command<string>(By, Permission.ConfigEdit);

/// <summary>Deletes a job type that nobody offers any more, with its config and its ended jobs.</summary>
public sealed record ForgetJobType(Actor By, string JobType) : Command<string>(By, Permission.ConfigEdit);

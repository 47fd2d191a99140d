using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Submits many jobs made from one, in one commit: all or none.</summary>
/// <param name="Template">Its key is the key of the group. <c>${index}</c> in texts of its parameters becomes the member's number.</param>
/// <param name="Parallel">Members, 1–10,000.</param>
/// <param name="MaxRunning">Members that may be under way at once; 0: all.</param>
public sealed record SubmitGroup(Actor By, SubmitJob Template, int Parallel, int MaxRunning = 0, GroupFailPolicy FailPolicy = GroupFailPolicy.Continue) : Command<GroupSubmission>(By, Permission.JobsSubmit);

/// <param name="Existing">The same key brought it before; nothing was changed.</param>
/// <param name="Jobs">By index; empty for one that existed and of a dry run.</param>
public sealed record GroupSubmission(string Id, bool Existing, ImmutableArray<JobId> Jobs, ImmutableArray<string> Warnings);

/// <summary>Cancels every member that has not ended. The reply is how many that were.</summary>
public sealed record CancelGroup(Actor By, string Group, string Reason) : Command<GroupCancel>(By, Permission.JobsControl);

/// <param name="Canceled">Members that waited, or were asked to stop.</param>
public sealed record GroupCancel(string Group, int Canceled);

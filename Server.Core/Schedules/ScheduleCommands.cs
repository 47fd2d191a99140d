using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>Creates a schedule, or changes what one does from its next instant on.</summary>
/// <param name="Id">Null: a new one.</param>
/// <param name="ExpectedVersion">Refused when it has another meanwhile; null: whatever it has.</param>
public sealed record SaveSchedule(Actor By, ScheduleSpec Spec, ScheduleId? Id = null, long? ExpectedVersion = null) : Command<SavedSchedule>(By, Permission.ScheduleControl)
{
    /// <summary>Only say what would be answered.</summary>
    public bool DryRun { get; init; }
}

/// <param name="Schedule">Of a dry run as it would be.</param>
/// <param name="Warnings">What is odd, in words; it is saved all the same.</param>
public sealed record SavedSchedule(JobSchedule Schedule, ImmutableArray<string> Warnings);

/// <summary>Jobs it has made stay, and go on. The reply is what it was.</summary>
public sealed record DeleteSchedule(Actor By, ScheduleId Id) : Command<JobSchedule>(By, Permission.ScheduleControl);

/// <summary>Nothing starts by itself until somebody resumes it, or until the time given. A paused one is paused anew.</summary>
public sealed record PauseSchedule(Actor By, ScheduleId Id, string Reason, DateTimeOffset? Until = null) : Command<JobSchedule>(By, Permission.ScheduleControl);

/// <summary>From now on: what passed meanwhile is not caught up.</summary>
public sealed record ResumeSchedule(Actor By, ScheduleId Id) : Command<JobSchedule>(By, Permission.ScheduleControl);

/// <summary>One run at once, besides all others: overlap, pause and the next instant do not matter to it.</summary>
public sealed record RunScheduleNow(Actor By, ScheduleId Id) : Command<Job>(By, Permission.ScheduleControl);

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Security;

/// <summary>A right to act, by the name that people, the API and records know. Looking needs none: who reaches an address of the admin may look.</summary>
public sealed class Permission
{
    /// <summary>New jobs: code that runs on workers.</summary>
    public static readonly Permission JobsSubmit = new("jobs.submit");

    /// <summary>Jobs that are there: cancel, retry, expire, delete, order, label, also many at once; mutes and shared views.</summary>
    public static readonly Permission JobsControl = new("jobs.control");

    public static readonly Permission DetectionRun = new("detection.run");

    /// <summary>Schedules, and the pause of a job type.</summary>
    public static readonly Permission ScheduleControl = new("schedule.control");

    /// <summary>Drain, ping, forget, and what else is asked of a worker.</summary>
    public static readonly Permission WorkersControl = new("workers.control");

    /// <summary>Who may be a worker.</summary>
    public static readonly Permission WorkersAdmit = new("workers.admit");

    /// <summary>How a job type does its work: forms, switch, dispatch, timetable; its place in the list.</summary>
    public static readonly Permission ConfigEdit = new("config.edit");

    /// <summary>What was a secret is shown.</summary>
    public static readonly Permission ConfigSecrets = new("config.secrets");

    /// <summary>The admin itself: retention, lanes, cluster, maintenance, backups.</summary>
    public static readonly Permission SystemControl = new("system.control");

    public static readonly ImmutableArray<Permission> All =
        [JobsSubmit, JobsControl, DetectionRun, ScheduleControl, WorkersControl, WorkersAdmit, ConfigEdit, ConfigSecrets, SystemControl];

    private Permission(string name) => Name = name;

    public string Name { get; }

    public override string ToString() => Name;
}

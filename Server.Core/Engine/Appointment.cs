namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>What is due.</summary>
public enum AppointmentKind
{
    JobDue,
    JobDeadline,
    DetectionDue,
    DetectionDeadline,
    SessionDue,
    JobTypeDue,
    LaneDue,
    LockDue,
    SchedulerDue,
    ScheduleDue,
}

/// <summary>
/// Something is due at a stamp. Computed from the thing itself whenever it changes, so there is one per thing and kind,
/// never a timer per thing.
/// </summary>
public readonly record struct Appointment(TimeSpan At, AppointmentKind Kind, string Subject) : IComparable<Appointment>
{
    public int CompareTo(Appointment other)
    {
        var byTime = At.CompareTo(other.At);
        if (byTime != 0)
        {
            return byTime;
        }

        var byKind = Kind.CompareTo(other.Kind);
        return byKind != 0 ? byKind : string.CompareOrdinal(Subject, other.Subject);
    }
}

using System.Globalization;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Schedules;

/// <summary>
/// The identity of a schedule of jobs: <c>sch-</c> and 16 hexadecimal digits. The ids of its jobs begin with it and go on with the
/// instant they are for, so that a run of an instant has one id, whoever computes it, and a job says whose run it is.
/// </summary>
public readonly record struct ScheduleId(string Value) : IComparable<ScheduleId>
{
    private const string Prefix = "sch-";
    private const int Length = 20;

    public static ScheduleId From(long random) => new($"{Prefix}{random:x16}");

    /// <summary>Whose run the job is; null: no schedule made it.</summary>
    public static ScheduleId? Of(Job job) => job.Origin == JobOrigin.Schedule && job.Id.Value.Length > Length && job.Id.Value.StartsWith(Prefix, StringComparison.Ordinal)
        ? new ScheduleId(job.Id.Value[..Length])
        : null;

    /// <param name="era">How often the clock was set back so far that instants come a second time.</param>
    public JobId RunAt(DateTimeOffset instant, int era) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Value}-{instant.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}") + (era == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{era}")));

    public JobId RunNow(long random) => new($"{Value}-now-{random:x16}");

    public int CompareTo(ScheduleId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

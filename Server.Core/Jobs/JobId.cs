namespace BlazorPluginAdmin.Server.Core.Jobs;

public readonly record struct JobId(string Value) : IComparable<JobId>
{
    public int CompareTo(JobId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

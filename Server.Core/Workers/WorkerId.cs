namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>A worker's stable identity: 1–255 printable characters, taken as it is.</summary>
public readonly record struct WorkerId(string Value) : IComparable<WorkerId>
{
    public int CompareTo(WorkerId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

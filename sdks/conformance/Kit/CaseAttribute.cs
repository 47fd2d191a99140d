namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>When a case runs.</summary>
internal enum Pace
{
    /// <summary>Beside others, as many as there are jobs.</summary>
    Beside,

    /// <summary>Mostly waits, for long: begun first and beside everything.</summary>
    Long,

    /// <summary>Takes processors or memory, but measures no short times: after the others, one for each worker.</summary>
    Heavy,

    /// <summary>Measures short times: at the end, one at a time.</summary>
    Alone,
}

/// <summary>A numbered case. Its group is the first letter; group F is played by the admin in its weed personality.</summary>
/// <param name="id">Such as <c>A1</c>.</param>
/// <param name="title">What the worker must do.</param>
/// <param name="limit">Seconds for the whole case, apart from the start of the worker's process.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CaseAttribute(string id, string title, double limit) : Attribute
{
    public string Id { get; } = id;

    public string Title { get; } = title;

    public double Limit { get; } = limit;

    public Pace Pace { get; init; }

    /// <summary>Only with --nightly.</summary>
    public bool IsNightly { get; init; }
}

namespace BlazorPluginAdmin.Server.Core.Sessions;

/// <summary>One stream of a worker; never reused within a process.</summary>
public readonly record struct SessionId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

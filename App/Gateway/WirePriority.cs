namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Priorities: 0–100 here, four words on the wire.</summary>
public static class WirePriority
{
    public static int ToCore(Wire.JobPriority priority) => priority switch
    {
        Wire.JobPriority.Low => 25,
        Wire.JobPriority.High => 75,
        Wire.JobPriority.Critical => 100,
        _ => 50,
    };

    /// <summary>The nearest word.</summary>
    public static Wire.JobPriority ToWire(int priority) => priority switch
    {
        <= 37 => Wire.JobPriority.Low,
        <= 62 => Wire.JobPriority.Normal,
        <= 87 => Wire.JobPriority.High,
        _ => Wire.JobPriority.Critical,
    };
}

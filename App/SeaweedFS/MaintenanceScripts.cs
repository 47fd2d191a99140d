namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>Scripts as they stand in a master's configuration, for a worker that runs them line by line and under our lock.</summary>
public static class MaintenanceScripts
{
    /// <summary>Minutes between two runs where the master says nothing sensible.</summary>
    public const long UsualSleepMinutes = 17;

    /// <summary>Without blank lines, comments, <c>lock</c> and <c>unlock</c>; empty when nothing is left.</summary>
    public static string Clean(string scripts) => string.Join('\n', scripts
        .Split('\n')
        .Select(line => line.Split('#', 2)[0].Trim())
        .Where(line => line.Length > 0 && !line.Equals("lock", StringComparison.OrdinalIgnoreCase) && !line.Equals("unlock", StringComparison.OrdinalIgnoreCase)));
}

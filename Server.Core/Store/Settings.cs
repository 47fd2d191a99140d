namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Names of the rows that hold what people set for the whole admin.</summary>
internal static class Settings
{
    public const string Lanes = "lanes";
    public const string Cluster = "cluster";
    public const string Scheduler = "scheduler";
    public const string Retention = "retention";
    public const string SavedViews = "saved_views";
}

using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Which lane a job type belongs to, as clients of the API know them.</summary>
public static class Lanes
{
    public const string General = "general";

    private static readonly Dictionary<string, string> Shipped = new(StringComparer.Ordinal)
    {
        ["vacuum"] = "default",
        ["volume_balance"] = "default",
        ["ec_balance"] = "default",
        ["erasure_coding"] = "default",
        ["admin_script"] = "default",
        ["iceberg_maintenance"] = "iceberg",
        ["s3_lifecycle"] = "lifecycle",
        ["lance_compact"] = "lance",
        ["lance_optimize_indices"] = "lance",
        ["lance_cleanup_versions"] = "lance",
    };

    /// <summary>Name and the pause clients are told of, in seconds.</summary>
    public static readonly IReadOnlyList<(string Name, int IdleSleepSeconds)> All = [("default", 61), ("iceberg", 61), ("lifecycle", 300), ("lance", 61), (General, 61)];

    public static string Of(string jobType) => Shipped.GetValueOrDefault(jobType, General);

    /// <summary>The types that belong to a lane even before a worker brings them, then those that came.</summary>
    public static IEnumerable<string> Names(ReadModel model, string lane) =>
        Shipped.Where(pair => pair.Value == lane).Select(pair => pair.Key).Union(In(model, lane).Select(type => type.Name));

    public static IEnumerable<JobTypeView> In(ReadModel model, string? lane) =>
        string.IsNullOrEmpty(lane) ? model.JobTypes : model.JobTypes.Where(type => Of(type.Name) == lane);
}

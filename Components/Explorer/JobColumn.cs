using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>A column a list of jobs can have.</summary>
/// <param name="Name">As in an address.</param>
/// <param name="Order">Null: no index sorts by it.</param>
public sealed record JobColumn(string Name, string Title, JobOrder? Order = null)
{
    public static readonly ImmutableArray<JobColumn> All =
    [
        new("state", "State"), new("job", "Job"), new("id", "Id"), new("type", "Type"), new("priority", "Priority", JobOrder.Queue), new("attempt", "Attempt"), new("progress", "Progress or result"), new("worker", "Worker"),
        new("wait", "Waited"), new("run", "Ran for"), new("created", "Created", JobOrder.Created), new("updated", "Updated", JobOrder.Updated), new("completed", "Completed", JobOrder.Completed),
        new("origin", "Origin"), new("by", "Submitted by"), new("labels", "Labels"), new("error", "Error"), new("config", "Config"), new("reason", "Reason"), new("place", "Place"),
    ];

    public static readonly ImmutableArray<JobColumn> Usual = Named("state,job,type,progress,worker,run,created");

    /// <summary>Those that are known, each once; none: the usual ones.</summary>
    public static ImmutableArray<JobColumn> Read(string? names) => Read(names, Usual);

    /// <inheritdoc cref="Read(string?)"/>
    public static ImmutableArray<JobColumn> Read(string? names, ImmutableArray<JobColumn> usual)
    {
        var known = Named(names ?? "");
        return known.IsEmpty ? usual : known;
    }

    /// <summary>Whether every name in the list is a column's.</summary>
    public static bool AreKnown(string? names) => (names ?? "").Split(',').All(name => All.Any(column => column.Name == name));

    public static string Write(IEnumerable<JobColumn> columns) => string.Join(',', columns.Select(column => column.Name));

    private static ImmutableArray<JobColumn> Named(string names) =>
        [.. names.Split(',').Distinct().Select(name => All.FirstOrDefault(column => column.Name == name)).OfType<JobColumn>()];
}

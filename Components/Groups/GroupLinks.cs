using BlazorPluginAdmin.Components.Jobs;

namespace BlazorPluginAdmin.Components.Groups;

/// <summary>Addresses of groups and of lists of their members.</summary>
public static class GroupLinks
{
    public static string To(string group) => $"groups/{Uri.EscapeDataString(group)}";

    /// <param name="states">As in a query; empty: all.</param>
    public static string Members(string group, string states = "") => JobQueries.To($"group:{JobQueries.Word(group)}{(states.Length > 0 ? $" state:{states}" : "")}");
}

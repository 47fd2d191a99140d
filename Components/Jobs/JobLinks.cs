using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>Opens and closes a job over whatever page is shown: the address says which.</summary>
public static class JobLinks
{
    /// <summary>Which job is open, and where in it one is; what is said of one job means nothing for the next.</summary>
    public static readonly IReadOnlyList<string> Parameters = ["detail", "tab", "attempt", "stream", "offset", "plan"];

    /// <summary>The job that the address opens, if any.</summary>
    public static string? Shown(NavigationManager navigation) => System.Web.HttpUtility.ParseQueryString(new Uri(navigation.Uri).Query)["detail"];

    public static string Detail(NavigationManager navigation, string job) => navigation.GetUriWithQueryParameters(To(job));

    public static string Closed(NavigationManager navigation) => navigation.GetUriWithQueryParameters(To(null));

    private static Dictionary<string, object?> To(string? job)
    {
        var parameters = Parameters.ToDictionary(name => name, _ => (object?)null);
        parameters["detail"] = job;
        return parameters;
    }
}

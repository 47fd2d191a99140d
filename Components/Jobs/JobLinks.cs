using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>Opens and closes a job over whatever page is shown: the address says which.</summary>
public static class JobLinks
{
    /// <summary>The job that the address opens, if any.</summary>
    public static string? Shown(NavigationManager navigation) => System.Web.HttpUtility.ParseQueryString(new Uri(navigation.Uri).Query)["detail"];

    public static string Detail(NavigationManager navigation, string job) => navigation.GetUriWithQueryParameter("detail", job);

    public static string Closed(NavigationManager navigation) => navigation.GetUriWithQueryParameter("detail", (string?)null);
}

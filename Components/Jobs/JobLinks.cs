using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>Opens and closes a job over whatever page is shown: the address says which.</summary>
public static class JobLinks
{
    /// <summary>Which job is open, and where in it one is; what is said of one job means nothing for the next.</summary>
    public static readonly IReadOnlyList<string> Parameters = ["detail", "tab", "attempt", "stream", "offset", "plan"];

    private static readonly ConditionalWeakTable<NavigationManager, Lead> Leads = [];

    /// <summary>The job that the address opens, if any.</summary>
    public static string? Shown(NavigationManager navigation) => System.Web.HttpUtility.ParseQueryString(new Uri(navigation.Uri).Query)["detail"];

    public static string Detail(NavigationManager navigation, string job) => Leads.GetValue(navigation, Lead.Of).At(navigation) + Uri.EscapeDataString(job);

    public static string Closed(NavigationManager navigation) => navigation.GetUriWithQueryParameters(None);

    private static readonly Dictionary<string, object?> None = Parameters.ToDictionary(name => name, _ => (object?)null);

    /// <summary>What the addresses of all jobs of a page begin with: lists ask for hundreds of them, several times a second. Circuit's thread only.</summary>
    private sealed class Lead
    {
        private string _page = "";
        private string _lead = "";

        public static Lead Of(NavigationManager navigation) => new();

        public string At(NavigationManager navigation)
        {
            if (_page != navigation.Uri)
            {
                _page = navigation.Uri;
                var closed = Closed(navigation).Split('#')[0];
                _lead = $"{closed}{(closed.Contains('?', StringComparison.Ordinal) ? '&' : '?')}detail=";
            }

            return _lead;
        }
    }
}

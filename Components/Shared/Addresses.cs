using System.Web;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>
/// What the address says, for parts of a page that come and go with it. Only the page itself follows it
/// (<see cref="Live.AddressedComponent"/>): a part that asks for parameters and joins while all are told of a new address breaks the telling.
/// </summary>
public static class Addresses
{
    /// <summary>Whether the address is this page's, whatever it asks of it.</summary>
    /// <param name="page">As in a link.</param>
    public static bool IsAt(this NavigationManager navigation, string page) =>
        navigation.ToBaseRelativePath(navigation.Uri).Split('?', '#')[0].TrimEnd('/').Equals(page, StringComparison.OrdinalIgnoreCase);

    /// <summary>Parameters that the page knows nothing of, as they stand in the address; empty: it knows them all.</summary>
    public static string Unknown(this NavigationManager navigation, IEnumerable<string> known)
    {
        var said = HttpUtility.ParseQueryString(new Uri(navigation.Uri).Query);
        return string.Join(", ", said.AllKeys.Where(name => !string.IsNullOrEmpty(said[name]) && !known.Contains(name)).Select(name => name is null ? said[name] : $"{name}={said[name]}"));
    }

    /// <summary>Null: not said.</summary>
    public static string? Said(this NavigationManager navigation, string name) => HttpUtility.ParseQueryString(new Uri(navigation.Uri).Query)[name];
}

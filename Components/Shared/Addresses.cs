using System.Web;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>
/// What the address says, for parts of a page that come and go with it. Only the page itself follows it
/// (<see cref="Live.AddressedComponent"/>): a part that asks for parameters and joins while all are told of a new address breaks the telling.
/// </summary>
public static class Addresses
{
    /// <summary>Null: not said.</summary>
    public static string? Said(this NavigationManager navigation, string name) => HttpUtility.ParseQueryString(new Uri(navigation.Uri).Query)[name];
}

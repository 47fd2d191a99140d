using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>Lists that only this browser has a name for, as the text of a cookie: a line each, its parts between tabs.</summary>
public static class OwnViews
{
    /// <summary>What browsers keep of one cookie, as it travels.</summary>
    public const int MostText = 3_500;

    public static ImmutableArray<SavedView> Read(string text) =>
        [.. text.Split('\n').Select(line => line.Split('\t')).Where(parts => parts is [{ Length: > 0 }, _, _, _]).Select(parts => new SavedView(parts[0], parts[1], parts[2], parts[3], "you", default)).DistinctBy(view => view.Name)];

    /// <summary>Null: more than a cookie holds.</summary>
    public static string? Write(IEnumerable<SavedView> views)
    {
        var text = string.Join('\n', views.Select(view => string.Join('\t', new[] { view.Name, view.Query, view.Sort, view.Columns }.Select(Flat))));
        return Uri.EscapeDataString(text).Length <= MostText ? text : null;
    }

    private static string Flat(string part) => part.Replace('\t', ' ').Replace('\n', ' ');
}

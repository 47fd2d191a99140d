using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>A list of jobs somebody gave a name to; everybody sees it.</summary>
/// <param name="Query">As it is written.</param>
/// <param name="Sort">As in an address; empty: newest first.</param>
/// <param name="Columns">As in an address; empty: the usual ones.</param>
public sealed record SavedView(string Name, string Query, string Sort, string Columns, string By, DateTimeOffset SavedAt)
{
    /// <summary>Views everybody has. They cannot be changed.</summary>
    public static readonly ImmutableArray<SavedView> BuiltIn =
    [
        new("Active", "state:active", "", "", "", default),
        new("Failed today", "state:failed completed:today", "completed", "", "", default),
        new("Waiting > 5 min", "phase:queued due:>5m", "-created", "", "", default),
        new("Needs attention", "needs:attention state:pending,active,failed", "updated", "", "", default),
        new("Mine", $"by:{Actor.LocalUi.Name}", "", "", "", default),
    ];
}

/// <summary>Under a name of its own, or in place of the view that had it.</summary>
public sealed record SaveView(Actor By, string Name, string Query, string Sort, string Columns) : Command<SavedView>(By, Permission.JobsControl);

public sealed record DeleteView(Actor By, string Name) : Command<SavedView>(By, Permission.JobsControl);

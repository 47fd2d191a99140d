using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Makes a page of a list from the rows that were found for it.</summary>
internal static class ListPage
{
    /// <param name="found">One more than the limit when there are more. Rows before a cursor come nearest first.</param>
    /// <param name="place">The cursor of a row.</param>
    /// <param name="bound">The cursor up to which was looked, when not all was.</param>
    public static Page<Job> Of(JobFilter filter, ImmutableArray<Job> found, Func<Job, string> place, string? bound, int? searched)
    {
        var more = found.Length > filter.Limit;
        var items = more ? found[..filter.Limit] : found;
        var onwards = more ? place(items[^1]) : bound;
        items = filter.IsBackwards ? [.. items.Reverse()] : items;
        var behind = items.IsEmpty ? filter.Start : place(filter.IsBackwards ? items[^1] : items[0]);
        var first = items.IsEmpty ? null : place(items[0]);
        return filter.IsBackwards
            ? new Page<Job>(items, behind) { Start = first, Previous = onwards, Searched = more ? null : searched }
            : new Page<Job>(items, onwards) { Start = first, Previous = filter.Start is null ? null : behind, Searched = more ? null : searched };
    }
}

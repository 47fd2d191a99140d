using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>How an address wants the rows of a list of jobs. What it does not say is the usual; what nobody understands is left out, and said.</summary>
public sealed record RowsAddress(JobOrder Order, bool Ascending, int Size, ImmutableArray<JobColumn> Columns, string NotUnderstood)
{
    /// <summary>All that it reads, and the place in the list.</summary>
    public static readonly ImmutableArray<string> Parameters = ["sort", "size", "cols", "after"];

    /// <summary>Orders of a list that is not the queue.</summary>
    public static readonly ImmutableArray<JobOrder> Orders = [JobOrder.Created, JobOrder.Updated, JobOrder.Completed];

    /// <param name="usual">Order, columns and rows of a page where the address says nothing.</param>
    public static RowsAddress Read(string? sort, string? size, string? columns, RowsAddress usual)
    {
        var order = Orders.Cast<JobOrder?>().FirstOrDefault(known => ViewerSettings.Name(known!.Value) == sort?.TrimStart('-'));
        var isSize = int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && ViewerSettings.PageSizes.Contains(rows);
        var isOdd = new[] { ("sort", sort, order is null), ("size", size, !isSize), ("cols", columns, !JobColumn.AreKnown(columns)) };
        var read = string.IsNullOrEmpty(columns) ? usual.Columns : JobColumn.Read(columns, usual.Columns);
        return new RowsAddress(
            order ?? usual.Order,
            order is null ? usual.Ascending : sort!.StartsWith('-'),
            isSize ? rows : usual.Size,
            read,
            string.Join(", ", isOdd.Where(part => part.Item3 && !string.IsNullOrEmpty(part.Item2)).Select(part => $"{part.Item1}={part.Item2}")));
    }

    /// <summary>The parameters of an address that sorts by this, or by it the other way round.</summary>
    public Dictionary<string, object?> ToSort(JobOrder order) => new()
    {
        ["sort"] = $"{(order == Order && !Ascending ? "-" : "")}{ViewerSettings.Name(order)}",
        ["after"] = null,
        ["before"] = null,
    };
}

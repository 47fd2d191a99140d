using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// A place in a list of jobs: the key the list is sorted by, and the id. It names the order it belongs to, so that it is
/// never taken for a place in another one.
/// </summary>
internal sealed record JobCursor(JobOrder Order, bool Ascending, long Ticks, JobId Job) : IComparable<JobCursor>
{
    private const string Letters = "ucf";

    public static JobCursor Of(Job job, JobFilter filter) => new(
        filter.Order,
        filter.Ascending,
        (filter.Order == JobOrder.Created ? job.CreatedAt : job.UpdatedAt).UtcTicks,
        job.Id);

    /// <summary>Where the filter's page begins, or ends; null: at the start.</summary>
    /// <exception cref="FormatException">Not a cursor of this list.</exception>
    public static JobCursor? Of(JobFilter filter) => filter.Start is not { } text ? null
        : Parse(text) is { } cursor && cursor.Order == filter.Order && cursor.Ascending == filter.Ascending ? cursor
        : throw new FormatException($"'{text}' is not a cursor of this list");

    /// <summary>An order may be of some jobs only.</summary>
    public static bool IsListed(Job job, JobOrder order) => order != JobOrder.Completed || job.IsTerminal;

    /// <summary>A page from the rows that were found, one more than the limit when there are more. Rows before a cursor come nearest first.</summary>
    public static Page<Job> Page(JobFilter filter, ImmutableArray<Job> found, JobCursor? bound = null, int? searched = null) =>
        ListPage.Of(filter, found, job => Of(job, filter).ToString(), bound?.ToString(), searched);

    /// <summary>Negative: earlier in the list.</summary>
    public int CompareTo(JobCursor? other)
    {
        var order = other!.Ticks.CompareTo(Ticks);
        order = order != 0 ? order : Job.CompareTo(other.Job);
        return Ascending ? -order : order;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Letters[(int)Order]}{(Ascending ? "a" : "")}{Ticks}~{Job.Value}");

    private static JobCursor? Parse(string text)
    {
        var order = Letters.IndexOf(text[0], StringComparison.Ordinal);
        var ascending = text.Length > 1 && text[1] == 'a';
        var parts = text[(ascending ? 2 : 1)..].Split('~', 2);
        return order >= 0 && parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new JobCursor((JobOrder)order, ascending, ticks, new JobId(parts[1]))
            : null;
    }
}

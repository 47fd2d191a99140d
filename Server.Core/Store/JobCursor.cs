using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// A place in a list of jobs: the keys the list is sorted by, and the id. It names the order it belongs to, so that it is
/// never taken for a place in another one.
/// </summary>
internal sealed record JobCursor(JobOrder Order, bool Ascending, int Priority, long Ticks, JobId Job) : IComparable<JobCursor>
{
    private const string Letters = "ucfq";

    public static JobCursor Of(Job job, JobFilter filter) => new(
        filter.Order,
        filter.Ascending,
        filter.Order == JobOrder.Queue ? job.Priority : 0,
        (filter.Order switch { JobOrder.Created => job.CreatedAt, JobOrder.Queue => job.DueAt, _ => job.UpdatedAt }).UtcTicks,
        job.Id);

    /// <summary>Where the filter's page begins, or ends; null: at the start.</summary>
    /// <exception cref="FormatException">Not a cursor of this list.</exception>
    public static JobCursor? Of(JobFilter filter)
    {
        var text = string.IsNullOrEmpty(filter.After) ? filter.Before : filter.After;
        return string.IsNullOrEmpty(text) ? null
            : Parse(text) is { } cursor && cursor.Order == filter.Order && cursor.Ascending == filter.Ascending ? cursor
            : throw new FormatException($"'{text}' is not a cursor of this list");
    }

    /// <summary>An order may be of some jobs only.</summary>
    public static bool IsListed(Job job, JobOrder order) => order switch
    {
        JobOrder.Completed => job.IsTerminal,
        JobOrder.Queue => job is { State: JobState.Pending, Phase: JobPhase.Queued },
        _ => true,
    };

    /// <summary>A page from the rows that were found, one more than the limit when there are more. Rows before a cursor come nearest first.</summary>
    public static Page<Job> Page(JobFilter filter, ImmutableArray<Job> found, JobCursor? bound = null, int? searched = null)
    {
        var start = Of(filter);
        var backwards = start is not null && string.IsNullOrEmpty(filter.After);
        var more = found.Length > filter.Limit;
        var items = more ? found[..filter.Limit] : found;
        var onwards = more ? Of(items[^1], filter) : bound;
        items = backwards ? [.. items.Reverse()] : items;
        var behind = items.IsEmpty ? start : Of(backwards ? items[^1] : items[0], filter);
        var first = items.IsEmpty ? null : Of(items[0], filter).ToString();
        return backwards
            ? new Page<Job>(items, behind?.ToString()) { Start = first, Previous = onwards?.ToString(), Searched = more ? null : searched }
            : new Page<Job>(items, onwards?.ToString()) { Start = first, Previous = start is null ? null : behind?.ToString(), Searched = more ? null : searched };
    }

    /// <summary>Negative: earlier in the list.</summary>
    public int CompareTo(JobCursor? other)
    {
        var order = other!.Priority.CompareTo(Priority);
        order = order != 0 ? order : Order == JobOrder.Queue ? Ticks.CompareTo(other.Ticks) : other.Ticks.CompareTo(Ticks);
        order = order != 0 ? order : Job.CompareTo(other.Job);
        return Ascending ? -order : order;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Letters[(int)Order]}{(Ascending ? "a" : "")}{(Order == JobOrder.Queue ? $"{Priority}." : "")}{Ticks}~{Job.Value}");

    private static JobCursor? Parse(string text)
    {
        var order = Letters.IndexOf(text[0], StringComparison.Ordinal);
        var ascending = text.Length > 1 && text[1] == 'a';
        var parts = text[(ascending ? 2 : 1)..].Split('~', 2);
        var numbers = parts[0].Split('.');
        var priority = 0;
        return order >= 0 && parts.Length == 2
            && numbers.Length == (order == (int)JobOrder.Queue ? 2 : 1)
            && long.TryParse(numbers[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.Ticks
            && (numbers.Length == 1 || int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out priority))
            ? new JobCursor((JobOrder)order, ascending, priority, ticks, new JobId(parts[1]))
            : null;
    }
}

using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Conditions on jobs as SQL, and the values they compare with.</summary>
internal sealed class JobSql
{
    /// <summary>Of a long error only this much is searched.</summary>
    public const int SearchedError = 1000;

    /// <summary>More values are handed over as one: the database takes only so many of them.</summary>
    private const int MostPlaces = 500;

    private readonly List<object> _values = [];

    public ReadOnlySpan<object> Values => _values.ToArray();

    /// <summary>The place that stands for the value.</summary>
    public string Place(object value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    public string In(string column, IReadOnlyList<object> wanted) =>
        wanted.Count == 1 ? $"{column} = {Place(wanted[0])}"
        : wanted.Count <= MostPlaces ? $"{column} IN ({string.Join(", ", wanted.Select(Place))})"
        : $"{column} IN (SELECT value FROM json_each({Place(JsonSerializer.Serialize(wanted))}))";

    /// <summary>Everything the filter asks for; empty: nothing.</summary>
    public string Where(JobFilter filter)
    {
        var all = new List<string>();
        void Any<T>(string column, ImmutableArray<T> wanted, Func<T, object> value)
        {
            if (!wanted.IsEmpty)
            {
                all.Add(In(column, [.. wanted.Select(value)]));
            }
        }

        Any("type", filter.JobTypes, type => type);
        Any("state", filter.States, state => (int)state);
        Any("phase", filter.Phases, phase => (int)phase);
        Any("reason", filter.Reasons, reason => (int)reason);
        Any("origin", filter.Origins, origin => (int)origin);
        Any("worker", filter.Workers, worker => worker.Value);
        Any("detection", filter.Detections, detection => detection.Value);
        Any("group_id", filter.Groups, group => group);
        Any("id", filter.Ids, id => id.Value);
        Any("retry_of", filter.RetryOf, id => id.Value);
        if (!filter.DedupeKeys.IsEmpty)
        {
            all.Add($"dedupe_key <> id AND {In("dedupe_key", [.. filter.DedupeKeys])}");
        }

        Any("submitted_by", filter.SubmittedBy, person => person);
        Any("fp", filter.Fingerprints, fingerprint => fingerprint);
        all.AddRange(filter.Labels.Select(Label));
        if (filter.PriorityFrom is { } least)
        {
            all.Add($"priority >= {Place(least)}");
        }

        if (filter.PriorityTo is { } most)
        {
            all.Add($"priority <= {Place(most)}");
        }

        Within(all, "created", filter.Created);
        Within(all, "updated", filter.Updated);
        Within(all, "completed", filter.Completed);
        Within(all, "due", filter.Due);
        all.AddRange(filter.Texts.Select(Text));

        // A column without a value is not equal to anything: neither is it what is not wanted.
        all.AddRange(filter.Not.Select(not => $"NOT coalesce(({(Where(not) is { Length: > 0 } unwanted ? unwanted : "1")}), 0)"));
        return string.Join(" AND ", all);
    }

    public void Within(List<string> all, string column, TimeRange range)
    {
        if (range.From is { } from)
        {
            all.Add($"{column} >= {Place(from.UtcTicks)}");
        }

        if (range.Until is { } until)
        {
            all.Add($"{column} < {Place(until.UtcTicks)}");
        }
    }

    /// <summary>The columns of an order.</summary>
    public static string OrderBy(JobOrder order, bool ascending) => ascending ? $"{Column(order)}, id DESC" : $"{Column(order)} DESC, id";

    public static string Column(JobOrder order) => order switch
    {
        JobOrder.Created => "created",
        JobOrder.Updated or JobOrder.Completed => "updated",
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "the store does not know this order"),
    };

    /// <summary>That a row comes after a place in the order.</summary>
    /// <param name="ascending">As the rows are walked, which a page before a cursor does the other way round.</param>
    /// <param name="included">The place itself counts.</param>
    public string Beyond(JobCursor place, bool ascending, bool included = false)
    {
        var (less, more) = ascending ? ('>', '<') : ('<', '>');
        var id = $"id {more}{(included ? "=" : "")} {Place(place.Job.Value)}";
        var ticks = Place(place.Ticks);
        var column = Column(place.Order);
        return $"{column} {less}= {ticks} AND ({column} {less} {ticks} OR {id})";
    }

    private string Label(LabelMatch label)
    {
        var condition = new StringBuilder($"EXISTS (SELECT 1 FROM json_each(CASE labels WHEN '' THEN '{{}}' ELSE labels END) label WHERE label.key = {Place(label.Key)}");
        if (!label.Values.IsEmpty)
        {
            condition.Append(" AND ").Append(In("label.value", [.. label.Values]));
        }

        return $"({condition}))";
    }

    private string Text(string text)
    {
        var part = Place(text);
        return $"(instr(lower(id), lower({part})) > 0 OR instr(lower(summary), lower({part})) > 0 OR instr(lower(substr(error, 1, {SearchedError})), lower({part})) > 0)";
    }
}

using System.Collections.Immutable;
using System.Collections.Specialized;
using System.Globalization;
using System.Web;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>What an address says of a list of jobs. What it does not say is the person's choice or the usual; what nobody understands is left out.</summary>
public sealed record JobListAddress
{
    /// <summary>Parameters that mean another list; each of them makes the address say more than "jobs".</summary>
    private static readonly string[] OfAList = ["q", "job", "state", "worker", "since", "until", "view", "after", "before"];

    /// <summary>All that it reads.</summary>
    public static readonly IReadOnlyList<string> Parameters = [.. OfAList, "sort", "size", "cols"];

    /// <summary>As it stands in the box, also when not all of it can be read.</summary>
    public string Text { get; init; } = "";

    public JobQuery Query { get; init; } = JobQuery.Empty;

    public ImmutableArray<QueryError> Errors { get; init; } = [];

    public JobOrder Order { get; init; } = JobOrder.Created;

    public bool Ascending { get; init; }

    public string? After { get; init; }

    public string? Before { get; init; }

    public int Size { get; init; } = 50;

    public ImmutableArray<JobColumn> Columns { get; init; } = JobColumn.Usual;

    /// <summary>The saved view it was opened as; empty: none.</summary>
    public string View { get; init; } = "";

    /// <summary>Parameters that nobody understands, as they stand in the address.</summary>
    public string NotUnderstood { get; init; } = "";

    public bool IsFirstPage => string.IsNullOrEmpty(After) && string.IsNullOrEmpty(Before);

    /// <param name="uri">Absolute.</param>
    /// <param name="views">Saved views by name; built-in ones are known.</param>
    public static JobListAddress Read(string uri, ViewerSettings viewer, IReadOnlyDictionary<string, SavedView> views)
    {
        var said = HttpUtility.ParseQueryString(new Uri(uri).Query);
        var viewName = said["view"] ?? (said.AllKeys.Any(IsOurs) ? "" : viewer.JobsView);
        var view = SavedView.BuiltIn.FirstOrDefault(known => known.Name == viewName) ?? views.GetValueOrDefault(viewName);
        var text = said["q"] ?? string.Join(' ', ((string?[])[view?.Query, .. Folded(said)]).Where(part => !string.IsNullOrEmpty(part)));
        var (query, errors) = JobQuery.Parse(text);
        var sort = said["sort"] ?? view?.Sort ?? "";
        var order = JobColumn.All.FirstOrDefault(column => column.Order is not null && ViewerSettings.Name(column.Order.Value) == sort.TrimStart('-'))?.Order;
        var isSize = int.TryParse(said["size"], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && ViewerSettings.PageSizes.Contains(size);
        var isOdd = new Dictionary<string, bool> { ["sort"] = order is null, ["size"] = !isSize, ["view"] = view is null, ["cols"] = !JobColumn.AreKnown(said["cols"]) };
        return new JobListAddress
        {
            NotUnderstood = string.Join(", ", isOdd.Where(odd => odd.Value && !string.IsNullOrEmpty(said[odd.Key])).Select(odd => $"{odd.Key}={said[odd.Key]}")),
            Text = text,
            Query = query,
            Errors = errors,
            Order = order ?? JobOrder.Created,
            Ascending = sort.StartsWith('-'),
            After = said["after"],
            Before = said["before"],
            Size = isSize ? size : viewer.PageSize,
            Columns = JobColumn.Read(said["cols"] ?? (view is { Columns.Length: > 0 } ? view.Columns : viewer.JobColumns)),
            View = view?.Name ?? "",
        };
    }

    /// <param name="state">Asked for what is not stored.</param>
    public JobFilter Filter(DateTimeOffset now, AdminState? state = null) => Query.Filter(now, state) with { Order = Order, Ascending = Ascending, After = After, Before = Before, Limit = Size };

    /// <summary>The parameters of an address that leads to the first page of another query.</summary>
    public static Dictionary<string, object?> To(JobQuery query) => ToText(query.ToString());

    public static Dictionary<string, object?> ToText(string text)
    {
        var parameters = OfAList.Concat(JobLinks.Parameters).ToDictionary(name => name, _ => (object?)null);
        parameters["q"] = text;
        return parameters;
    }

    public Dictionary<string, object?> ToSort(JobOrder order) => new RowsAddress(Order, Ascending, Size, Columns, "").ToSort(order);

    /// <summary>The same span as terms of a query: <c>updated:&lt;1h</c>.</summary>
    /// <param name="key">created, updated or completed.</param>
    public static string Span(string key, string? since, string? until)
    {
        string? End(string? value, string age, string date) => string.IsNullOrEmpty(value) ? null : $"{key}:{(TimeTerm.Age(value) is null ? date : age)}{value}";
        return string.Join(' ', new[] { End(since, "<", ">="), End(until, ">", "<") }.OfType<string>());
    }

    /// <summary>Parameters of older and simpler addresses, as terms.</summary>
    private static IEnumerable<string?> Folded(NameValueCollection said)
    {
        static string? Term(string key, string? value) => string.IsNullOrEmpty(value) ? null : new JobTerm(key, [.. value.Split(',')]).ToString();
        return [Term("type", said["job"]), Term("state", said["state"]), Term("worker", said["worker"]), Span("created", said["since"], said["until"])];
    }

    private static bool IsOurs(string? name) => OfAList.Contains(name);
}

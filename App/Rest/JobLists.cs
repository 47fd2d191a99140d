using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Which jobs a request asks for: <c>q</c> as in the query box, and the parameters existing clients know.</summary>
public static class JobLists
{
    private static readonly JobState[] States = System.Enum.GetValues<JobState>();

    private static readonly Dictionary<string, JobOrder> Orders = new(StringComparer.Ordinal)
    {
        ["updated"] = JobOrder.Updated,
        ["created"] = JobOrder.Created,
        ["completed"] = JobOrder.Completed,
        ["queue"] = JobOrder.Queue,
    };

    /// <summary>What says which jobs and in which order. A misspelt one would be left out, and all jobs be found.</summary>
    private static readonly string[] Asked = ["q", "phase", "reason", "origin", "worker", "label", "group", "state", "job_type", "lane", "order", "ascending"];

    /// <summary>What else the routes take; an underscore keeps caches away.</summary>
    private static readonly string[] Besides = ["limit", "after", "cursor", "format", "exactly", "progress", "activities", "_"];

    /// <summary>A query and a parameter that each say one of these would be taken for "one or the other", or one for both.</summary>
    private static readonly string[] InBoth = ["phase", "reason", "origin", "worker", "group", "state"];

    /// <summary>Null and no problem: nothing can be in the list.</summary>
    public static (JobFilter? Filter, IResult? Problem) Read(IAdmin admin, IQueryCollection query, DateTimeOffset now)
    {
        if (query.Keys.FirstOrDefault(name => !Asked.Contains(name) && !Besides.Contains(name)) is { } odd)
        {
            var shown = Components.Shared.Words.Visible(odd.Length > 64 ? odd[..64] : odd);
            return (null, WireJson.Error(
                StatusCodes.Status400BadRequest,
                $"there is no parameter {shown}; {(NearestWord.To(odd, Asked) is { } nearest ? $"did you mean {nearest}?" : $"jobs are asked for by {string.Join(", ", Asked)}")}"));
        }

        var (asked, errors) = JobQuery.Parse(query["q"]);
        if (asked.Terms.FirstOrDefault(term => !term.IsNegated && InBoth.Contains(term.Key) && query[term.Key].ToString().Length > 0) is { } twice)
        {
            return (null, WireJson.Error(StatusCodes.Status400BadRequest, $"{twice.Key} is in q too; ask for it there, or as a parameter"));
        }

        foreach (var key in (string[])["phase", "reason", "origin", "worker", "label", "group"])
        {
            // Labels given twice must both be there; of all else one may be.
            foreach (var value in (key == "label" ? query[key].OfType<string>() : [query[key].ToString()]).Where(value => value.Length > 0))
            {
                var (also, wrong) = JobQuery.Parse(Term(key, value).ToString());
                (asked, errors) = (new JobQuery(asked.Terms.AddRange(also.Terms)), errors.AddRange(wrong));
            }
        }

        if (query["label"].Any(label => label is { Length: > 0 } && label[0] is '=' or ':'))
        {
            return (null, WireJson.Error(StatusCodes.Status400BadRequest, "label is NAME=VALUE, or NAME alone for any value; a label has a name"));
        }

        if (!errors.IsEmpty)
        {
            return (null, WireJson.Json(
                new
                {
                    error = string.Join("; ", errors.Select(error => error.Text)),
                    code = "invalid",
                    fields = errors.Select(error => new { path = "q", at = error.At, length = error.Length, message = error.Text, instead = error.Instead }),
                },
                StatusCodes.Status400BadRequest));
        }

        var order = query["order"].ToString();
        if (order.Length > 0 && !Orders.ContainsKey(order))
        {
            return (null, WireJson.Error(StatusCodes.Status400BadRequest, $"order is {string.Join(", ", Orders.Keys)}; left out it is updated"));
        }

        var filter = asked.Filter(now, admin.States.Current.Value) with
        {
            Order = Orders.GetValueOrDefault(order, JobOrder.Updated),
            Ascending = Queries.Flag(query["ascending"]),
        };
        if (query["state"].ToString() is { Length: > 0 } state)
        {
            // The wire knows a state that no job of ours is ever in.
            if (IsUnspecified(state))
            {
                return (null, null);
            }

            var states = state.Split(',').Select(ParseState).ToList();
            if (states.Contains(null))
            {
                return (null, WireJson.Error(
                    StatusCodes.Status400BadRequest, $"state is {string.Join(", ", System.Enum.GetNames<JobState>().Select(ApiObjects.Snake))}, with or without job_state_ before it; several are separated by commas"));
            }

            filter = filter with { States = [.. states.OfType<JobState>()] };
        }

        var types = Lanes.Types(admin.Views.Current.Value, query["job_type"], query["lane"]);
        return types is null ? (filter, null)
            : types.Count == 0 ? (null, null)
            : (filter with { JobTypes = filter.JobTypes.IsEmpty ? [.. types] : [.. filter.JobTypes.Intersect(types, StringComparer.Ordinal).DefaultIfEmpty("")] }, null);
    }

    /// <summary>A cursor is a place in one list: it carries this mark of what was asked for.</summary>
    public static string Mark(IQueryCollection query) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', Asked.Select(key => query[key].ToString())))))[..8];

    /// <summary>Progress is newer in memory than on disk.</summary>
    public static Job Newest(IAdmin admin, Job stored) => admin.States.Current.Value.Jobs.GetValueOrDefault(stored.Id) ?? stored;

    /// <summary>Values are separated by commas as in a query; all else in them is a value, not a query.</summary>
    private static JobTerm Term(string key, string value)
    {
        if (key != "label")
        {
            return new JobTerm(key, [.. value.Split(',')]);
        }

        var parts = value.Split(['=', ':'], 2);
        return new JobTerm(QueryKeys.LabelPrefix + parts[0], [parts.Length == 1 ? "*" : parts[1]]);
    }

    private static bool IsUnspecified(string state) => state.Equals("unspecified", StringComparison.OrdinalIgnoreCase) || state.Equals("job_state_unspecified", StringComparison.OrdinalIgnoreCase);

    /// <summary>Both <c>running</c> and <c>job_state_running</c>, in any case. One name: two of them are another state to who reads enums.</summary>
    internal static JobState? ParseState(string text)
    {
        const string Prefix = "job_state_";
        var name = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
        return States.Where(state => name.Equals(state.ToString(), StringComparison.OrdinalIgnoreCase)).Cast<JobState?>().FirstOrDefault();
    }
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>Which jobs a request asks for: <c>q</c> as in the query box, and the parameters existing clients know.</summary>
public static class JobLists
{
    /// <summary>Null and no problem: nothing can be in the list.</summary>
    public static (JobFilter? Filter, IResult? Problem) Read(IAdmin admin, IQueryCollection query, DateTimeOffset now)
    {
        var (asked, errors) = JobQuery.Parse(query["q"]);
        foreach (var key in (string[])["phase", "reason", "origin", "worker", "label"])
        {
            if (query[key].ToString() is { Length: > 0 } value)
            {
                var (also, wrong) = JobQuery.Parse(key == "label" ? $"{QueryKeys.LabelPrefix}{value.Replace('=', ':')}" : $"{key}:{value}");
                (asked, errors) = (new JobQuery(asked.Terms.AddRange(also.Terms)), errors.AddRange(wrong));
            }
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

        var filter = asked.Filter(now, admin.States.Current.Value) with
        {
            Order = query["order"].ToString() switch { "created" => JobOrder.Created, "completed" => JobOrder.Completed, "queue" => JobOrder.Queue, _ => JobOrder.Updated },
            Ascending = Queries.Flag(query["ascending"]),
        };
        if (query["state"].ToString() is { Length: > 0 } state)
        {
            if (ParseState(state) is not { } one)
            {
                return (null, null);
            }

            filter = filter with { States = [one] };
        }

        var types = Lanes.Types(admin.Views.Current.Value, query["job_type"], query["lane"]);
        return types is null ? (filter, null)
            : types.Count == 0 ? (null, null)
            : (filter with { JobTypes = filter.JobTypes.IsEmpty ? [.. types] : [.. filter.JobTypes.Intersect(types, StringComparer.Ordinal).DefaultIfEmpty("")] }, null);
    }

    /// <summary>Progress is newer in memory than on disk.</summary>
    public static Job Newest(IAdmin admin, Job stored) => admin.States.Current.Value.Jobs.GetValueOrDefault(stored.Id) ?? stored;

    /// <summary>Both <c>running</c> and <c>job_state_running</c>, in any case.</summary>
    private static JobState? ParseState(string text)
    {
        const string Prefix = "job_state_";
        var name = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
        return System.Enum.TryParse<JobState>(name, ignoreCase: true, out var state) && System.Enum.IsDefined(state) ? state : null;
    }
}

using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>All of the stream that a filter finds, newest first.</summary>
public static class ActivityExport
{
    private const int PageSize = 500;

    private static readonly (string Name, Func<Activity, object?> Value)[] Columns =
    [
        ("sequence", activity => activity.Sequence), ("occurred_at", activity => activity.At),
        ("source", activity => activity.Source), ("severity", activity => activity.Severity.ToString().ToLowerInvariant()), ("stage", activity => activity.Stage), ("message", activity => activity.Message),
        ("job_type", activity => activity.JobType), ("job_id", activity => activity.Job?.Value), ("worker_id", activity => activity.Worker?.Value), ("request_id", activity => activity.Request?.Value), ("actor", activity => activity.Actor),
    ];

    /// <param name="filter">Null: nothing.</param>
    public static IResult Of(IAdmin admin, ActivityFilter? filter, bool json, CancellationToken cancellationToken) =>
        ListExport.Of("activities", json, AllAsync(admin, filter, cancellationToken), Columns, ApiObjects.Activity);

    private static async IAsyncEnumerable<Activity> AllAsync(IAdmin admin, ActivityFilter? filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = filter; next is not null;)
        {
            var page = await admin.History.ActivitiesAsync(next with { Limit = PageSize }, cancellationToken);
            foreach (var activity in page)
            {
                yield return activity;
            }

            next = page.Length < PageSize ? null : next with { Before = page[^1].Sequence };
        }
    }
}

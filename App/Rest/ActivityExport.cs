using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>The stream as a file, newest first, written while it is read.</summary>
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
    public static IResult Of(IAdmin admin, ActivityFilter? filter, bool json, CancellationToken cancellationToken) => Results.Stream(
        stream => WriteAsync(admin, filter, json, stream, cancellationToken), json ? "application/json" : "text/csv; charset=utf-8", json ? "activities.json" : "activities.csv");

    private static async Task WriteAsync(IAdmin admin, ActivityFilter? filter, bool json, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var between = json ? "[\n" : string.Join(',', Columns.Select(column => column.Name)) + "\r\n";
        await foreach (var activity in AllAsync(admin, filter, cancellationToken))
        {
            await writer.WriteAsync(between + (json ? JsonSerializer.Serialize(ApiObjects.Activity(activity), WireJson.Options) : string.Join(',', Columns.Select(column => Csv.Cell(column.Value(activity))))));
            between = json ? ",\n" : "\r\n";
        }

        await writer.WriteAsync((json, between) switch { (true, "[\n") => "[]\n", (true, _) => "\n]\n", (false, "\r\n") => "\r\n", _ => between });
    }

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

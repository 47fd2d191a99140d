using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Operations;

/// <summary>The jobs an operation means: the oldest first, as they stand when they are reached, none newer than the start.</summary>
internal static class BulkSource
{
    private const int PageSize = 500;

    public static async IAsyncEnumerable<Job> ReadAsync(IAdmin admin, string query, ImmutableArray<JobId> jobs, DateTimeOffset start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = BulkOperation.MostJobs;
        if (jobs.Length > 0)
        {
            foreach (var some in jobs.Take(left).Chunk(PageSize))
            {
                var found = await admin.History.JobsAsync(new JobFilter { Ids = [.. some], Order = JobOrder.Created, Ascending = true, Limit = PageSize }, cancellationToken);
                foreach (var job in found.Items)
                {
                    yield return Newest(admin, job);
                }
            }

            yield break;
        }

        var filter = JobQuery.Parse(query).Query.Filter(start, admin.States.Current.Value);
        var until = start.AddTicks(1);
        filter = filter with { Ascending = true, Limit = PageSize, Created = filter.Created with { Until = filter.Created.Until < until ? filter.Created.Until : until } };
        string? after = null;
        do
        {
            var page = await admin.History.JobsAsync(filter with { After = after, Limit = Math.Min(PageSize, left) }, cancellationToken);
            foreach (var job in page.Items)
            {
                yield return Newest(admin, job);
            }

            left -= page.Items.Length;
            after = page.Next;
        }
        while (after is not null && left > 0);
    }

    /// <summary>The state is newer than what a page of the store says of an open job.</summary>
    private static Job Newest(IAdmin admin, Job stored) => admin.States.Current.Value.Jobs.GetValueOrDefault(stored.Id) ?? stored;
}

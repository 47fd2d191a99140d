using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Operations;

/// <summary>What an operation would do if it began now. The number may change until it comes to each job.</summary>
/// <param name="Matched">Jobs the query finds.</param>
/// <param name="IsExact">False: estimated, or looked at no further than <see cref="BulkOperation.MostJobs"/>.</param>
/// <param name="WouldChange">Among those it would look at.</param>
/// <param name="ByType">Of those that would change.</param>
/// <param name="Sample">Five of those that would change.</param>
/// <param name="Skipped">Why → how many.</param>
public sealed record BulkPreview(
    long Matched,
    bool IsExact,
    int WouldChange,
    ImmutableArray<(string JobType, int Count)> ByType,
    ImmutableArray<Job> Sample,
    ImmutableSortedDictionary<string, int> Skipped)
{
    private const int Sampled = 5;

    /// <summary>There are more than one operation takes: the oldest come first.</summary>
    public bool IsCut => Matched > BulkOperation.MostJobs;

    public static async Task<BulkPreview> ReadAsync(IAdmin admin, BulkAction action, string query, ImmutableArray<JobId> jobs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (wouldChange, matched) = (0, 0);
        var types = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var skipped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var sample = ImmutableArray.CreateBuilder<Job>();
        await foreach (var job in BulkSource.ReadAsync(admin, query, jobs, now, cancellationToken))
        {
            matched++;
            if (BulkRules.Skip(action, job) is { } why)
            {
                skipped[why] = skipped.GetValueOrDefault(why) + 1;
                continue;
            }

            wouldChange++;
            types[job.JobType] = types.GetValueOrDefault(job.JobType) + 1;
            if (sample.Count < Sampled)
            {
                sample.Add(job);
            }
        }

        var count = matched < BulkOperation.MostJobs ? null : await admin.History.CountAsync(JobQuery.Parse(query).Query.Filter(now, admin.States.Current.Value), exactly: false, cancellationToken);
        return new BulkPreview(
            Math.Max(matched, count?.Total ?? 0),
            count?.IsExact ?? true,
            wouldChange,
            [.. types.OrderByDescending(type => type.Value).Select(type => (type.Key, type.Value))],
            sample.ToImmutable(),
            skipped.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Jobs;

/// <summary>The long list of jobs of the page, in its order: also those of its rows that are not drawn.</summary>
public sealed class ListedJobs
{
    private object? _list;
    private ImmutableArray<JobId> _jobs = [];

    public void Show(object list, ImmutableArray<JobId> jobs) => (_list, _jobs) = (list, jobs);

    /// <summary>Unless another list has taken its place.</summary>
    public void Gone(object list)
    {
        if (_list == list)
        {
            (_list, _jobs) = (null, []);
        }
    }

    public bool Has(JobId job) => _jobs.Contains(job);

    /// <param name="step">-1: above it; 1: below.</param>
    /// <returns>Null at the ends, and for a job that is not in it.</returns>
    public JobId? Beside(JobId job, int step) => _jobs.IndexOf(job) is >= 0 and var at && at + step is >= 0 and var place && place < _jobs.Length ? _jobs[place] : null;
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Jobs that were given up because one worker after the other was lost with them: they may be what takes workers down.</summary>
public static class Quarantine
{
    /// <summary>Label of such a job. One that is made like it does not have it.</summary>
    public const string Label = "quarantined";

    public static ImmutableSortedDictionary<string, string> Labelled(Job job) =>
        job.Labels.Count < LabelRules.Most ? job.Labels.SetItem(Label, "true") : job.Labels;

    /// <summary>Runs a quarantined job again, as a new job: what a retry does, but of no other job.</summary>
    public static async Task<Reply<Job>> ReleaseAsync(this IAdmin admin, Actor by, JobId job, CancellationToken cancellationToken)
    {
        var found = admin.States.Current.Value.Jobs.GetValueOrDefault(job) ?? (await admin.History.JobAsync(job, cancellationToken))?.Job;
        return found is null or { IsQuarantined: true }
            ? await admin.RetryAsync(by, job, cancellationToken)
            : new Refusal(RefusalCode.WrongState, $"job {job} is not quarantined ({found.State}); only one that was given up after {RetryPolicy.LossesToQuarantine} lost workers in a row is released");
    }
}

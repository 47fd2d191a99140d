using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>A job often passes several states within one turn; between two commits nobody can see more than the last.</summary>
public static class ChangeList
{
    /// <summary>The same facts with each job's row and each attempt's row once, at its first place, as it was saved last.</summary>
    public static List<Change> Merged(IReadOnlyList<Change> changes)
    {
        var merged = new List<Change>(changes.Count);
        var jobs = new Dictionary<JobId, int>();
        var attempts = new Dictionary<RequestId, int>();
        foreach (var change in changes)
        {
            switch (change)
            {
                case Change.JobSaved saved when jobs.TryGetValue(saved.Job.Id, out var place):
                    var first = (Change.JobSaved)merged[place];
                    merged[place] = new Change.JobSaved(saved.Job, saved.Payload ?? first.Payload, saved.Result ?? first.Result);
                    break;
                case Change.AttemptSaved saved when attempts.TryGetValue(saved.Attempt.RequestId, out var place):
                    merged[place] = saved;
                    break;
                default:
                    Note(change, merged.Count);
                    merged.Add(change);
                    break;
            }
        }

        return merged;

        void Note(Change change, int place)
        {
            if (change is Change.JobSaved job)
            {
                jobs.Add(job.Job.Id, place);
            }
            else if (change is Change.AttemptSaved attempt)
            {
                attempts.Add(attempt.Attempt.RequestId, place);
            }
        }
    }
}

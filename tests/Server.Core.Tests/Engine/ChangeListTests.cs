using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

public sealed class ChangeListTests
{
    [Fact]
    public void RowsOfOneTurn_AreWrittenOnce_WithWhatEachSaveBrought()
    {
        var payload = new JobPayload("detail", ConfigValues.Empty);
        var result = new JobResult("done", ConfigValues.Empty);
        var changes = new List<Change>
        {
            new Change.JobSaved(Job("a", JobState.Pending), payload, null),
            new Change.JobSaved(Job("b", JobState.Pending), null, null),
            new Change.AttemptSaved(new JobId("a"), Attempt("r1", AttemptOutcome.Open)),
            new Change.CounterSaved("c", 1),
            new Change.JobSaved(Job("a", JobState.Running), null, null),
            new Change.CounterSaved("c", 2),
            new Change.AttemptSaved(new JobId("a"), Attempt("r1", AttemptOutcome.Succeeded)),
            new Change.AttemptSaved(new JobId("a"), Attempt("r2", AttemptOutcome.Open)),
            new Change.JobSaved(Job("a", JobState.Succeeded), null, result),
        };

        Assert.Equal(
            [
                new Change.JobSaved(Job("a", JobState.Succeeded), payload, result),
                new Change.JobSaved(Job("b", JobState.Pending), null, null),
                new Change.AttemptSaved(new JobId("a"), Attempt("r1", AttemptOutcome.Succeeded)),
                new Change.CounterSaved("c", 1),
                new Change.CounterSaved("c", 2),
                new Change.AttemptSaved(new JobId("a"), Attempt("r2", AttemptOutcome.Open)),
            ],
            ChangeList.Merged(changes));
    }

    private static Job Job(string id, JobState state) => new()
    {
        Id = new JobId(id),
        JobType = "t",
        DedupeKey = id,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        DueAt = DateTimeOffset.UnixEpoch,
        State = state,
    };

    private static Attempt Attempt(string request, AttemptOutcome outcome) => new()
    {
        Number = 1,
        RequestId = new RequestId(request),
        Worker = new WorkerId("w"),
        Session = default,
        SentAt = DateTimeOffset.UnixEpoch,
        Timeout = TimeSpan.FromMinutes(1),
        TimeoutAt = TimeSpan.FromMinutes(1),
        Outcome = outcome,
    };
}

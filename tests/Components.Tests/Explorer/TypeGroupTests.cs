using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class TypeGroupTests
{
    [Fact]
    public void Groups_JoinWhatIsKeptWithWhatMoves()
    {
        var model = new ReadModel
        {
            JobTypes = [new JobTypeView { Name = "b", DisplayName = "B", Counts = new JobCounts { Queued = 2, Backoff = 1, Running = 1 } }, new JobTypeView { Name = "idle", DisplayName = "Idle" }],
        };
        var groups = TypeGroup.From(model, [new("b", JobState.Succeeded, 97), new("b", JobState.Failed, 3), new("b", JobState.Pending, 9), new("a", JobState.Canceled, 4)]);
        Assert.Equal(["b", "idle", "a"], groups.Select(group => group.JobType));
        Assert.Equal((3L, 1L, 97L, 3.0), (groups[0].Count(JobState.Pending), groups[0].Count(JobState.Running), groups[0].Count(JobState.Succeeded), groups[0].FailedPercent));
        Assert.Equal((0L, 0L), (groups[1].Count(JobState.Pending), groups[1].Count(JobState.Failed)));
        Assert.Equal((4L, null), (groups[2].Count(JobState.Canceled), groups[2].FailedPercent));

        var uncounted = TypeGroup.From(model, null);
        Assert.Equal(["b", "idle"], uncounted.Select(group => group.JobType));
        Assert.Equal((3L, null, null), (uncounted[0].Count(JobState.Pending), uncounted[0].Count(JobState.Succeeded), uncounted[0].FailedPercent));
    }
}

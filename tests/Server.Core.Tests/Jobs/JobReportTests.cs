using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

public sealed class JobReportTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    /// <summary>Some workers acknowledge nothing and tell no progress; what they print says that they are at work.</summary>
    [Fact]
    public void Output_SaysThatTheJobRuns()
    {
        var worker = _admin.ConnectDescribed(ours: false);
        var other = _admin.Connect("w-2", "echo");
        var job = _admin.Submit();
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
        var holder = worker.Jobs.Any() ? worker : other;
        _admin.Post(new WorkerInput.OutputCame((holder == worker ? other : worker).Session, holder.LastJob.RequestId));
        Assert.Equal(JobState.Assigned, _admin.State.Jobs[job.Id].State);
        _admin.Post(new WorkerInput.OutputCame(holder.Session, holder.LastJob.RequestId));
        Assert.Equal((JobState.Running, JobPhase.Working), (_admin.State.Jobs[job.Id].State, _admin.State.Jobs[job.Id].Phase));
    }

    [Theory]
    [InlineData("transient", "transient")]
    [InlineData("permanent", "permanent")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public async Task ErrorClass_IsKeptOfTheAttempt(string? said, string kept)
    {
        var worker = _admin.ConnectDescribed();
        var job = _admin.Submit(change: command => command with { RetryLimit = 0 });
        var outputs = ConfigValues.Empty.With("error_class", new ConfigValue.Text(said ?? new string('x', 65)));
        _admin.Post(new WorkerInput.Completed(worker.Session, worker.LastJob.RequestId, job.Id, "echo", false, "broken", new JobResult("", outputs), [], null));
        Assert.Equal(kept, (await _admin.JobAsync(job.Id)).Attempt!.ErrorClass);
    }
}

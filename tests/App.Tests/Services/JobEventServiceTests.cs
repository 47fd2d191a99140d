using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using CancelRequest = BlazorPluginAdmin.Wire.V1.CancelRequest;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class JobEventServiceTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public async Task Watch_TellsTheLifeOfAJob_AndGoesOnAfterAKnownEvent()
    {
        var filter = new JobFilter { Labels = { ["watched"] = "life" } };
        using var call = admin.Watch(new WatchEventsRequest { Filter = filter, IncludeActivities = true });
        await using var events = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.Equal(JobEventKind.Snapshot, (await NextAsync(events)).Kind);

        var job = await SubmitAsync("wait");
        // A worker is free, so that one commit takes it in and gives it out.
        var begun = await NextAsync(events, happened => happened.Kind == JobEventKind.State);
        Assert.Equal((job, JobState.Assigned), (begun.Job.JobId, begun.Job.State));
        await NextAsync(events, happened => happened.Job?.State == JobState.Running);
        admin.Handler.Go();
        var ended = await NextAsync(events, happened => happened.Kind == JobEventKind.State && happened.Job.State == JobState.Succeeded);

        using var again = admin.Watch(new WatchEventsRequest { Filter = filter, AfterSequence = begun.Sequence });
        await using var later = again.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        var first = await NextAsync(later);
        Assert.True(first.Sequence > begun.Sequence);
        Assert.Equal(JobEventKind.State, first.Kind);
        Assert.Equal(ended.Sequence, (await NextAsync(later, happened => happened.Job.State == JobState.Succeeded)).Sequence);
    }

    [Fact]
    public async Task Watch_OfAState_TellsTheEndOfWhatItTold()
    {
        using var call = admin.Watch(new WatchEventsRequest { Filter = new JobFilter { Labels = { ["watched"] = "life" }, States = { JobState.Running } } });
        await using var events = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        await NextAsync(events, happened => happened is { Kind: JobEventKind.Snapshot, Job: null });
        var job = await SubmitAsync("wait");
        var running = await NextAsync(events, happened => happened.Job?.JobId == job);
        admin.Handler.Go();
        var ended = await NextAsync(events, happened => happened.Job?.JobId == job && happened.Kind == JobEventKind.State && happened.Job.State != JobState.Running);
        Assert.Equal((JobState.Running, JobState.Succeeded), (running.Job.State, ended.Job.State));
    }

    [Fact]
    public async Task Watch_AfterAnEventNobodyKeeps_IsTold_AndBeginsAnew()
    {
        var job = await SubmitAsync("wait");
        using var call = admin.Watch(new WatchEventsRequest { AfterSequence = 7 });
        await using var events = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.Equal((JobEventKind.Reset, 0), ((await NextAsync(events)).Kind, events.Current.Sequence));

        // Whoever loses the connection in the middle of it begins anew, too: only its end can be gone on from.
        Assert.Equal(0, (await NextAsync(events, happened => happened is { Kind: JobEventKind.Snapshot, Job: not null })).Sequence);
        Assert.True((await NextAsync(events, happened => happened is { Kind: JobEventKind.Snapshot, Job: null })).Sequence > 0);
        admin.Handler.Go();
        await admin.EndAsync(job); // Others watch for jobs with its label.
    }

    /// <summary>Of a job that was at work before the caller came back: what it does meanwhile, and what it does from then on.</summary>
    [Fact]
    public async Task Watch_GoesOnWithProgressAndActivities_OfJobsAtWork()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-steps");
        await worker.HelloAsync("steps");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("steps"), "the type is known");
        var job = (await admin.SubmitAsync(new SubmitRequest { JobType = "steps" })).JobId;
        var request = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).RequestId;
        using var before = admin.Watch(new WatchEventsRequest { Filter = new JobFilter { JobIds = { job } }, IncludeActivities = true });
        await using var known = before.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        await NextAsync(known, happened => happened.Kind == JobEventKind.Snapshot);
        await StepAsync("first", 10);
        var from = (await NextAsync(known, happened => happened.Activity?.Stage == "first")).Sequence;

        await StepAsync("second", 20);
        await admin.UntilAsync(state => state.Jobs.GetValueOrDefault(new Server.Core.Jobs.JobId(job)) is { Stage: "second" }, "it goes on");
        using var call = admin.Watch(new WatchEventsRequest { Filter = new JobFilter { JobIds = { job } }, AfterSequence = from, IncludeProgress = true, IncludeActivities = true });
        await using var events = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        var said = (await NextAsync(events, happened => happened.Kind == JobEventKind.Activity)).Activity;
        Assert.Equal(("second", ActivitySource.Executor), (said.Stage, said.Source));
        Assert.Equal(20, (await NextAsync(events, happened => happened.Kind == JobEventKind.Progress)).Job.ProgressPercent);
        await StepAsync("third", 30);
        Assert.Equal(30, (await NextAsync(events, happened => happened is { Kind: JobEventKind.Progress, Job.ProgressPercent: > 20 })).Job.ProgressPercent);

        ValueTask StepAsync(string stage, double percent) => worker.SendAsync(new WorkerToAdminMessage
        {
            JobProgressUpdate = new JobProgressUpdate { RequestId = request, JobId = job, JobType = "steps", State = JobState.Running, Stage = stage, ProgressPercent = percent },
        });
    }

    /// <summary>A reader who falls behind further than events are kept begins anew; what it was told is open, it is told the end of.</summary>
    [Fact]
    public async Task Watch_BehindByMoreThanIsKept_IsToldTheEndOfWhatItKnew()
    {
        using var call = admin.Watch(new WatchEventsRequest());
        await using var events = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        await NextAsync(events, happened => happened is { Kind: JobEventKind.Snapshot, Job: null });
        var job = await SubmitAsync("wait");
        await NextAsync(events, happened => happened.Job?.JobId == job && happened.Job.State == JobState.Running);

        // More than the stream takes unread, so that the reader is stuck; then more than is kept.
        var later = new SubmitRequest { JobType = "told", ParametersJson = """{"says":"late"}""", Summary = new string('x', 500), NotBefore = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(1)) };
        var group = (await admin.CallAsync<SubmitGroupRequest, SubmitGroupResponse>("JobService", "SubmitGroup", new SubmitGroupRequest { Template = later, Parallel = 9_900 })).Group.GroupId;
        await NextAsync(events, happened => happened.Job?.GroupId == group); // The job's end is not in what was read by now.
        admin.Handler.Go();
        await admin.EndAsync(job);
        await admin.CallAsync<CancelGroupRequest, CancelGroupResponse>("JobService", "CancelGroup", new CancelGroupRequest { GroupId = group });

        await NextAsync(events, happened => happened.Kind == JobEventKind.Reset);
        Assert.Equal(JobState.Succeeded, (await NextAsync(events, happened => happened.Job?.JobId == job)).Job.State);
    }

    [Fact]
    public async Task Watch_OfAJobByItsId_TellsItsEnd_AlsoWhenThatIsOver()
    {
        var job = await SubmitAsync("over");
        await admin.EndAsync(job);
        using var call = admin.Watch(new WatchEventsRequest { Filter = new JobFilter { JobIds = { job } } });
        await using var events = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.Equal((JobEventKind.Snapshot, JobState.Succeeded), ((await NextAsync(events)).Kind, events.Current.Job.State));
    }

    /// <summary>In the first picture as in what comes later, as somebody who asks for the job is told.</summary>
    [Fact]
    public async Task Watch_SaysWhyAJobWaits_AsGetDoes()
    {
        var filter = new JobFilter { Labels = { ["watched"] = "why" } };
        using var before = admin.Watch(new WatchEventsRequest { Filter = filter });
        await using var news = before.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        await NextAsync(news);
        var id = (await admin.SubmitAsync(new SubmitRequest
        {
            JobType = "told",
            ParametersJson = """{"says":"x"}""",
            Labels = { ["watched"] = "why" },
            RequireLabels = { ["rack"] = "none" },
        })).JobId;
        var told = (await NextAsync(news, happened => happened.Job?.JobId == id)).Job;
        using var after = admin.Watch(new WatchEventsRequest { Filter = filter });
        await using var picture = after.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        var shown = (await NextAsync(picture)).Job;
        var got = (await admin.CallAsync<GetRequest, GetResponse>("JobService", "Get", new GetRequest { JobId = id })).Job;
        Assert.Equal(("labels", 1), (got.Waiting.Code, got.QueuePosition));
        foreach (var job in (Job[])[told, shown])
        {
            Assert.Equal((got.Waiting, got.EffectivePriority, got.QueuePosition), (job.Waiting, job.EffectivePriority, job.QueuePosition));
        }

        await admin.CallAsync<CancelRequest, CancelResponse>("JobService", "Cancel", new CancelRequest { JobId = id });
        Assert.Null((await NextAsync(news, happened => happened.Job?.State == JobState.Canceled)).Job.Waiting);
    }

    /// <summary>What it would find at its start is not what waits so later.</summary>
    [Fact]
    public async Task Watch_ByWhatJobsWaitFor_IsRefused()
    {
        using var call = admin.Watch(new WatchEventsRequest { Filter = new JobFilter { WaitingCodes = { "paused" } } });
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNextAsync(CancellationToken.None));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("waiting_codes", refused.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<string> SubmitAsync(string says) => (await admin.SubmitAsync(new SubmitRequest
    {
        JobType = "told",
        ParametersJson = System.Text.Json.JsonSerializer.Serialize(new { says }),
        Labels = { ["watched"] = "life" },
    })).JobId;

    private static async Task<JobEvent> NextAsync(IAsyncEnumerator<JobEvent> events, Func<JobEvent, bool>? wanted = null)
    {
        do
        {
            Assert.True(await events.MoveNextAsync());
        }
        while (wanted?.Invoke(events.Current) == false);

        return events.Current;
    }
}

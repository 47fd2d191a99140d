using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

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
    public async Task Watch_AfterAnEventNobodyKeeps_IsTold_AndBeginsAnew()
    {
        await SubmitAsync("wait");
        using var call = admin.Watch(new WatchEventsRequest { AfterSequence = 7 });
        await using var events = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.Equal(JobEventKind.Reset, (await NextAsync(events)).Kind);
        Assert.NotNull((await NextAsync(events, happened => happened.Kind == JobEventKind.Snapshot)).Job);
        admin.Handler.Go();
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

using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class WatchSeatsTests(ClientAdmin admin) : IClassFixture<ClientAdmin>
{
    [Fact]
    public void Seat_IsGivenBack_AndEachCallerHasItsOwn()
    {
        var seats = new WatchSeats();
        var taken = Enumerable.Range(0, WatchSeats.PerCaller).Select(_ => seats.Take("one")).ToList();
        seats.Take("two").Dispose();
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => seats.Take("one")).StatusCode);
        taken[0].Dispose();
        taken[0] = seats.Take("one");
        Assert.Throws<RpcException>(() => seats.Take("one"));
    }

    [Fact]
    public async Task SixtyFifthStream_OfACaller_IsRefused()
    {
        var open = new List<ServerStreamCall<WatchEventsRequest, JobEvent>>();
        for (var n = 0; n < WatchSeats.PerCaller; n++)
        {
            open.Add(admin.Watch(new WatchEventsRequest()));
            Assert.True(await open[n].ResponseStream.MoveNextAsync(CancellationToken.None));
        }

        using var refused = admin.Watch(new WatchEventsRequest());
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await refused.ResponseStream.MoveNextAsync(CancellationToken.None))).StatusCode);
        await admin.GetAsync("/api/plugin/jobs/events", 429);
        await admin.GetAsync($"/api/plugin/jobs/{(await admin.RunAsync("one")).JobId}/log?follow=true", 429);

        // Whoever only reads what there is needs no seat.
        var job = await admin.RunAsync("one");
        await admin.EndAsync(job.JobId);
        Assert.Equal("one\n", await admin.Http.GetStringAsync(new Uri($"/api/plugin/jobs/{job.JobId}/logs?raw=true", UriKind.Relative)));
        open.ForEach(call => call.Dispose());
    }
}

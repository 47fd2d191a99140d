using System.Text.Json.Nodes;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>Two processes with one id, as copied images and shared volumes make them.</summary>
public sealed class ConflictTests(Peers peers) : AcceptanceTests(peers)
{
    [Fact]
    public async Task TwoLiveWorkersWithOneId_AreShownAsAConflict_AndComeToRest()
    {
        var one = await DialAsync(Kind.Go, WorkerScript.For("vacuum") with { Id = "copied", InstanceId = "i-1" });
        await one.GreetedAsync();
        var other = await DialAsync(Kind.Go, WorkerScript.For("vacuum") with { Id = "copied", InstanceId = "i-2" });

        // Both dial again for ever, 25 ms after each end. Time stands still here, so that no pause ever passes for the admin.
        await Admin.UntilAsync(_ => Known(one).Conflict is { Replacements: > 3 }, "a conflict");
        var conflict = Known(one).Conflict!;
        Assert.Equal(["i-1", "i-2"], ((string[])[conflict.OlderInstance, conflict.NewerInstance]).Order());
        var listed = Assert.Single((await Admin.GetAsync("workers", workers => workers.GetArrayLength() == 1)).EnumerateArray());
        Assert.Contains("use this id", Text(listed, "Conflict"), StringComparison.Ordinal);
        var session = Admin.SessionOf(one)!.Id;
        var turnedAway = one;
        for (var n = 0; n < 5; n++)
        {
            // Whoever does not hold the id is told why, again and again, and the holder stays.
            turnedAway = Known(one).InstanceId == "i-1" ? other : one;
            while (!(await turnedAway.EndAsync()).Text.Contains("two processes use the worker id copied", StringComparison.Ordinal))
            {
                // The ends of before the two came to rest.
            }
        }

        Assert.Equal(session, Admin.SessionOf(one)!.Id);
        await turnedAway.StopAsync();
    }

    [Fact]
    public async Task GoWorkersOwnReconnect_IsNoConflict()
    {
        var script = WorkerScript.For("vacuum") with { Pause = TimeSpan.FromHours(1) };
        var worker = await ConnectAsync(Kind.Go, script);
        await worker.DropAsync();

        // The end of a stream and the hello of the next come over two connections: which is first is not said before this.
        await Admin.UntilAsync(_ => Admin.SessionOf(worker) is null, "the end of the stream");
        var again = await DialAsync(Kind.Go, script with { Id = worker.Id });
        await again.GreetedAsync();
        await Admin.UntilAsync(_ => Admin.SessionOf(again) is not null, "the worker is back");
        Assert.Null(Known(again).Conflict);
    }

    [Fact]
    public async Task RequestsAWorkerDoesNotKnow_AreNeverSent_AndItsRefusalHarmsNothing()
    {
        var worker = await GoAsync();
        await worker.SendAsync(new Wire.WorkerToAdminMessage { Acknowledge = new() { RequestId = "whatever", Accepted = false, Message = "unsupported request body" } });
        await worker.SendAsync(new Wire.WorkerToAdminMessage());
        await Admin.PostAsync($"workers/{worker.Id}/drain");
        await worker.SettleAsync();
        Assert.All(worker.Received, message => Assert.Contains(message.BodyCase, (Body[])[Body.Hello, Body.RequestConfigSchema]));
        Assert.Equal(new JsonArray(worker.Id).ToJsonString(), new JsonArray([.. Texts(await Admin.GetAsync("workers"), "WorkerID").Select(id => (JsonNode?)id)]).ToJsonString());
    }
}

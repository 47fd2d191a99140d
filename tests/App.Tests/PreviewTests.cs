using System.Text.Json;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>An admin whose clock for previews stands still until a test moves it.</summary>
public sealed class PreviewAdmin : RunningAdmin
{
    public ManualTimeProvider Clock { get; } = new();

    public IObservations Observations => Services.GetRequiredService<IObservations>();

    protected override void Configure(IServiceCollection services) => services.AddSingleton(provider => new ObjectPreviews(
        provider.GetRequiredService<Gateway.Observations>(), provider.GetRequiredService<IAdmin>(), provider.GetRequiredService<WorkerConnections>(), Clock));
}

/// <summary>Rows of an object, from the worker that described it to the caller.</summary>
public sealed class PreviewTests(PreviewAdmin admin) : IClassFixture<PreviewAdmin>
{
    private const AdminToWorkerMessage.BodyOneofCase Asked = AdminToWorkerMessage.BodyOneofCase.RequestObjectPreview;

    [Fact]
    public async Task Preview_OfADescribedObject_HasItsRowsAndTotal()
    {
        using var worker = await DescribedAsync("rows");
        var answer = PreviewAsync("rows", format: "lance", limit: 2);
        var asked = await worker.NextAsync(Asked);
        Assert.Equal(("rows/table", "LANCE", 2), (string.Join('/', asked.RequestObjectPreview.ObjectId), asked.RequestObjectPreview.Format, asked.RequestObjectPreview.RowLimit));
        Assert.Matches("^preview-[0-9]+-[0-9a-f]{16}$", asked.RequestId);
        await AnswerAsync(worker, asked, rows: 3, total: 5_000_000_000);
        Assert.Equal(
            """{"object_id":["rows","table"],"format":"lance","columns":["id","name"],"rows":[["0","n0"],["1","n1"]],"total_rows":5000000000}""", (await answer).GetRawText());
    }

    [Theory]
    [InlineData(500, 200)]
    [InlineData(0, 200)]
    [InlineData(-1, 200)]
    [InlineData(200, 200)]
    [InlineData(1, 1)]
    public async Task RowLimit_BeyondWhatIsAllowed_Is200(int asked, int sent)
    {
        using var worker = await DescribedAsync($"limit{asked}");
        var answer = PreviewAsync($"limit{asked}", limit: asked);
        var request = await worker.NextAsync(Asked);
        Assert.Equal(sent, request.RequestObjectPreview.RowLimit);
        await AnswerAsync(worker, request, rows: 300, total: 300);
        Assert.Equal(sent, (await answer).GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task Preview_OfWhatNobodyDescribed_SaysSo()
    {
        using var worker = await DescribedAsync("known");
        Assert.Equal("no worker has described this object as csv yet", await ErrorAsync(PreviewAsync("known", format: "csv", code: 404)));
        Assert.Equal("no worker has described this object as LANCE yet", await ErrorAsync(PreviewAsync("unknown", code: 404)));
        await admin.PostAsync("/api/plugin/observations/preview", """{"format":"LANCE"}""", 400);
        await admin.PostAsync("/api/plugin/observations/preview", """{"object_id":"x","format":"LANCE"}""", 400);
        await admin.PostAsync("/api/plugin/observations/preview", "", 400);
    }

    [Fact]
    public async Task Preview_WhoseWorkerCannot_HasItsReason()
    {
        using var worker = await DescribedAsync("broken");
        var answer = PreviewAsync("broken", code: 409);
        var asked = await worker.NextAsync(Asked);
        await worker.SendAsync(new WorkerToAdminMessage { ObjectPreviewResponse = new ObjectPreviewResponse { RequestId = asked.RequestId, ErrorMessage = "no such version" } });
        Assert.Equal("worker w-broken could not preview the object: no such version", await ErrorAsync(answer));
    }

    [Fact]
    public async Task Preview_WhoseWorkerLeaves_EndsAtOnce_AndNobodyIsAskedAfterwards()
    {
        using var worker = await DescribedAsync("leaves");
        var answer = PreviewAsync("leaves", code: 503);
        await worker.NextAsync(Asked);
        await worker.HalfCloseAsync();
        Assert.Equal("worker w-leaves is not connected", await ErrorAsync(answer));
        await admin.UntilAsync(state => state.Workers.Values.Single(one => one.Id.Value == "w-leaves").Session is null, "the worker is gone");
        Assert.Equal("worker w-leaves is not connected", await ErrorAsync(PreviewAsync("leaves", code: 503)));
    }

    [Fact]
    public async Task Preview_ThatNobodyAnswers_EndsAfterItsTime()
    {
        using var worker = await DescribedAsync("silent");
        var answer = PreviewAsync("silent", code: 503);
        await worker.NextAsync(Asked);
        admin.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(answer.IsCompleted);
        admin.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("worker w-silent did not answer within 30 s", await ErrorAsync(answer));
    }

    [Fact]
    public async Task AnswerOfAnotherSession_IsNobodys()
    {
        using var worker = await DescribedAsync("mine");
        using var other = await DescribedAsync("other");
        var answer = PreviewAsync("mine");
        var asked = await worker.NextAsync(Asked);
        await AnswerAsync(other, asked, rows: 1, total: 666);
        await AnswerAsync(worker, new AdminToWorkerMessage { RequestId = "preview-1-0000000000000000" }, rows: 1, total: 667);

        // What the other says next is seen, so that what it said before was.
        await DescribeAsync(other, "seen");
        await UntilKnownAsync("seen");
        await AnswerAsync(worker, asked, rows: 1, total: 7);
        Assert.Equal(7, (await answer).GetProperty("total_rows").GetInt64());
    }

    [Fact]
    public async Task HugeAnswer_IsCut()
    {
        using var worker = await DescribedAsync("huge");
        var answer = PreviewAsync("huge");
        var asked = await worker.NextAsync(Asked);
        var row = new PreviewRow { Values = { Enumerable.Repeat(new string('x', 5000), 300) } };
        await worker.SendAsync(new WorkerToAdminMessage { ObjectPreviewResponse = new ObjectPreviewResponse { Success = true, RequestId = asked.RequestId, Rows = { Enumerable.Repeat(row, 20) }, TotalRows = -1 } });
        var rows = (await answer).GetProperty("rows");
        Assert.InRange(rows.GetRawText().Length, 100_000, 1_400_000);
        Assert.Equal((200, 1000), (rows[0].GetArrayLength(), rows[0][0].GetString()!.Length));
    }

    [Fact]
    public async Task Previews_BeyondTheLimit_AreRefused_AndRoomComesBack()
    {
        using var worker = await DescribedAsync("many");
        using var leaving = new CancellationTokenSource();
        var open = Enumerable.Range(0, ObjectPreviews.MostOpen).Select(_ => admin.Observations.PreviewAsync(Actor.LocalRest, ["many", "table"], "LANCE", 1, leaving.Token)).ToList();
        var refused = await admin.Observations.PreviewAsync(Actor.LocalRest, ["many", "table"], "LANCE", 1, CancellationToken.None);
        Assert.StartsWith("32 previews are open", refused.Refusal!.Text, StringComparison.Ordinal);
        await leaving.CancelAsync();
        await Task.WhenAll(open.Select(one => Assert.ThrowsAnyAsync<OperationCanceledException>(() => one)));
        var answer = PreviewAsync("many");
        AdminToWorkerMessage asked;
        do
        {
            asked = await worker.NextAsync(Asked);
        }
        while (asked.RequestObjectPreview.RowLimit == 1);
        await AnswerAsync(worker, asked, rows: 1, total: 1);
        Assert.Equal(1, (await answer).GetProperty("total_rows").GetInt64());
    }

    private static async Task<string> ErrorAsync(Task<JsonElement> answer) => (await answer).GetProperty("error").GetString()!;

    private static Task AnswerAsync(ScriptedWorker worker, AdminToWorkerMessage asked, int rows, long total) => worker.SendAsync(new WorkerToAdminMessage
    {
        ObjectPreviewResponse = new ObjectPreviewResponse
        {
            Success = true,
            RequestId = asked.RequestId,
            Columns = { "id", "name" },
            Rows = { Enumerable.Range(0, rows).Select(n => new PreviewRow { Values = { $"{n}", $"n{n}" } }) },
            TotalRows = total,
        },
    }).AsTask();

    private static Task DescribeAsync(ScriptedWorker worker, string name) => worker.SendAsync(new WorkerToAdminMessage
    {
        Observations = new WorkerObservations { JobType = "lance_compact", Observations = { new ObjectObservation { ObjectId = { name, "table" }, Format = "LANCE" } } },
    }).AsTask();

    private async Task<ScriptedWorker> DescribedAsync(string name)
    {
        var worker = new ScriptedWorker(admin.GrpcAddress, $"w-{name}");
        await worker.HelloAsync("lance_compact");
        await DescribeAsync(worker, name);
        await UntilKnownAsync(name);
        await admin.UntilAsync(state => state.Workers.Values.Any(one => one.Id.Value == $"w-{name}" && one.Session is not null), $"worker {name} is connected");
        return worker;
    }

    private async Task UntilKnownAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var (version, book) = (-1L, ObservationBook.Empty);
        while (!book.ByKey.ContainsKey($"{name}/table"))
        {
            (version, book) = await admin.Observations.Newest.NewerAsync(version, limit.Token);
        }
    }

    private Task<JsonElement> PreviewAsync(string name, string format = "LANCE", int limit = 0, int code = 200) =>
        admin.PostAsync("/api/plugin/observations/preview", $$"""{"object_id":["{{name}}","table"],"format":"{{format}}","row_limit":{{limit}}}""", code);
}

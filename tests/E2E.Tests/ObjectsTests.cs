using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Google.Protobuf;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What workers of a storage cluster bring: objects they see, and jobs with plans.</summary>
public sealed class ObjectsTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>, IAsyncLifetime
{
    private ScriptedWorker _worker = default!;

    public async Task InitializeAsync()
    {
        _worker = new ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", "weed-1");
        await _worker.HelloAsync("lance_compact", "erasure_coding", "volume_balance");
        await _worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
    }

    public Task DisposeAsync()
    {
        _worker.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Objects_ShowByThemselves_AndTheirRowsWhenAsked()
    {
        var (page, complaints) = await browser.OpenAsync("/");
        var entry = page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Objects" });
        await DescribeAsync();
        await Expect(entry).ToBeVisibleAsync();
        await entry.ClickAsync();
        var rows = page.GetByTestId("object-row");
        await Expect(rows).ToHaveCountAsync(3);
        await page.GetByLabel("Format").SelectOptionAsync("csv");
        await Expect(rows).ToHaveCountAsync(1);
        await page.GetByLabel("Format").SelectOptionAsync("");

        // The search is added to the address as the page knows it, which lags behind the browser.
        await Expect(rows).ToHaveCountAsync(3);
        await page.GetByLabel("Search", new() { Exact = true }).FillAsync("customers");
        await page.GetByLabel("Search", new() { Exact = true }).PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1);
        await rows.GetByRole(AriaRole.Link).ClickAsync();
        var card = page.GetByTestId("object-card");
        await Expect(card.GetByTestId("attributes")).ToContainTextAsync("9007199254740993");

        await page.GetByTestId("preview").ClickAsync();
        await Expect(page.GetByTestId("preview")).ToHaveTextAsync("Asking the worker …");
        await RowsAsync(await _worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestObjectPreview));
        await Expect(page.GetByTestId("sample")).ToContainTextAsync("<b>Ada</b>");
        await Expect(card).ToContainTextAsync("12 rows of 5\u202f000\u202f000.");

        await page.GetByTestId("preview").ClickAsync();
        var asked = await _worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestObjectPreview);
        await _worker.SendAsync(new WorkerToAdminMessage { ObjectPreviewResponse = new ObjectPreviewResponse { RequestId = asked.RequestId, ErrorMessage = "no such version" } });
        await Expect(card).ToContainTextAsync("worker weed-1 could not preview the object: no such version");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(1280, 800, "dark")]
    [InlineData(390, 844, "light")]
    [InlineData(390, 844, "dark")]
    public async Task ObjectsAndPlans_AreAccessible_AndFit(int width, int height, string theme)
    {
        await DescribeAsync();
        var coding = await SubmitAsync("erasure_coding", "Encode volume 7", new TaskParams
        {
            TaskId = "ec-7",
            VolumeId = 7,
            Collection = "photos",
            Sources = { new TaskSource { Node = "10.0.0.1:8080", DataCenter = "dc1", Rack = "rack1", VolumeId = 7, DiskId = 2 } },
            Targets = { Enumerable.Range(0, 3).Select(n => new TaskTarget { Node = $"10.0.0.{n + 2}:8080", DataCenter = "dc1", Rack = $"rack{n}", DiskId = (uint)n, ShardIds = { Enumerable.Range(0, 14).Where(shard => shard % 3 == n).Select(shard => (uint)shard) } }) },
            ErasureCodingParams = new ErasureCodingTaskParams(),
        });
        var moves = await SubmitAsync(
            "volume_balance",
            "Move 12 volumes",
            new TaskParams { BalanceParams = new BalanceTaskParams { Moves = { Enumerable.Range(0, 12).Select(n => new BalanceMoveSpec { VolumeId = (uint)n, SourceNode = "10.0.0.1:8080", TargetNode = $"10.0.0.{2 + n % 3}:8080", Collection = "photos", VolumeSize = 1 << 30 }) } } },
            ("batch", "true"),
            ("batch_size", "12"));
        var (page, complaints) = await browser.OpenAsync("/objects", width, height, theme);
        Task CheckAsync(string name) => PageChecks.CheckAsync(page, $"{name}-{width}-{theme}", bothThemes: false);
        await Expect(page.GetByTestId("object-row")).ToHaveCountAsync(3);
        await CheckAsync("objects");
        await page.GetByTestId("object-row").Filter(new() { HasText = "customers" }).GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByTestId("preview").ClickAsync();
        await RowsAsync(await _worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestObjectPreview));
        await Expect(page.GetByTestId("sample")).ToBeVisibleAsync();
        await CheckAsync("object-rows");
        await browser.VisitAsync(page, $"/jobs/{coding}");
        await Expect(page.GetByTestId("job-plan")).ToContainTextAsync("becomes 14 shards: 10 data, 4 parity");
        await page.GetByTestId("job-plan").ScrollIntoViewIfNeededAsync();
        await CheckAsync("plan-shards");
        await browser.VisitAsync(page, $"/jobs/{moves}");
        await Expect(page.GetByTestId("job-plan").GetByRole(AriaRole.Row)).ToHaveCountAsync(13);
        await page.GetByTestId("job-plan").ScrollIntoViewIfNeededAsync();
        await CheckAsync("plan-moves");
        await browser.VisitAsync(page, "/jobs");
        await Expect(page.GetByTestId("moves").First).ToHaveTextAsync("12 moves");
        await CheckAsync("jobs-with-moves");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private Task DescribeAsync() => _worker.SendAsync(new WorkerToAdminMessage
    {
        Observations = new WorkerObservations
        {
            JobType = "lance_compact",
            Observations =
            {
                Observed(["lake", "sales", "orders"], "LANCE", 3),
                Observed(["lake", "sales", "customers-of-the-northern-region-by-postcode"], "LANCE", 9007199254740993),
                Observed(["exports", "2026.csv"], "csv", 1),
            },
        },
    }).AsTask();

    private static ObjectObservation Observed(string[] id, string format, long fragments) => new()
    {
        ObjectId = { id },
        ObjectKind = "table",
        Format = format,
        Attributes = { ["fragments"] = new ConfigValue { Int64Value = fragments }, ["schema"] = new ConfigValue { StringValue = "id int64, name utf8" }, ["unindexed_rows"] = new ConfigValue { Int64Value = 12 }, ["version"] = new ConfigValue { Int64Value = 4 } },
    };

    private Task RowsAsync(AdminToWorkerMessage asked) => _worker.SendAsync(new WorkerToAdminMessage
    {
        ObjectPreviewResponse = new ObjectPreviewResponse
        {
            Success = true,
            RequestId = asked.RequestId,
            Columns = { "id", "name", "address", "postcode", "joined", "notes" },
            Rows = { Enumerable.Range(0, 12).Select(n => new PreviewRow { Values = { $"{n}", "<b>Ada</b>", $"{n} Some street with a long name", $"{10_000 + n}", "2026-01-01", "nothing to say about this one, but at length" } }) },
            TotalRows = 5_000_000,
        },
    }).AsTask();

    private async Task<string> SubmitAsync(string type, string summary, TaskParams plan, params (string Key, string Value)[] labels)
    {
        using var http = new HttpClient();
        var job = new JsonObject
        {
            ["job_type"] = type,
            ["summary"] = summary,
            ["parameters"] = new JsonObject { ["task_params_pb"] = new JsonObject { ["bytes_value"] = Convert.ToBase64String(plan.ToByteArray()) } },
            ["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        };
        using var reply = await http.PostAsJsonAsync($"{browser.Admin.Address}/api/plugin/jobs/execute?async=true", new JsonObject { ["job"] = job });
        var body = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["operation_id"]!.GetValue<string>();
    }
}

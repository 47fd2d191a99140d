using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Google.Protobuf;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What jobs are going to do, as their detectors planned it.</summary>
public sealed class PlanTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>
{
    [Theory]
    [InlineData(1280, 800, "light")]
    [InlineData(390, 844, "dark")]
    public async Task Plans_AreDrawnByTheirKind(int width, int height, string theme)
    {
        using var workers = new ScriptedWorkers(browser.Admin);
        foreach (var type in (string[])["erasure_coding", "volume_balance", "odd"])
        {
            await workers.OfferAsync(type, describes: width > 900);
        }

        // Fourteen shards on seven servers in two racks, two more of them in the first than may be lost.
        var coding = new TaskParams { TaskId = "ec-7", VolumeId = 7, Collection = "photos", ErasureCodingParams = new ErasureCodingTaskParams(), Sources = { new TaskSource { Node = "10.0.0.1:8080", DataCenter = "dc1", Rack = "r1", VolumeId = 7 } } };
        for (var n = 0; n < 7; n++)
        {
            coding.Targets.Add(new TaskTarget { Node = $"10.0.1.{n}:8080", DataCenter = "dc1", Rack = n < 3 ? "r1" : "r2", VolumeId = 7, ShardIds = { (uint)(2 * n), (uint)((2 * n) + 1) } });
        }

        var (page, complaints) = await browser.OpenAsync($"/jobs?detail={await PlannedAsync(workers, "erasure_coding", coding)}", width, height, theme);
        var plan = page.GetByTestId("job-plan");
        await Expect(plan).ToContainTextAsync("14 shards: 10 data, 4 parity");
        var matrix = page.GetByTestId("shard-matrix");
        await Expect(matrix.Locator(".shard")).ToHaveCountAsync(14);
        await Expect(matrix.Locator(".shard-full")).ToHaveCountAsync(10);
        await Expect(matrix.Locator(".matrix-place")).ToHaveTextAsync(["dc1, r1", "dc1, r2"]);
        await Expect(plan.Locator(".banner")).ToContainTextAsync("more than the 4 that may be lost");
        await ShowAsync("plan-coding");

        var moves = new BalanceTaskParams();
        for (var n = 0; n < 12; n++)
        {
            moves.Moves.Add(new BalanceMoveSpec { VolumeId = (uint)(100 + n), SourceNode = $"10.0.0.{1 + (n % 3)}:8080", TargetNode = "10.0.0.9:8080", Collection = "photos" });
        }

        await browser.VisitAsync(page, $"/jobs?detail={await PlannedAsync(workers, "volume_balance", new TaskParams { BalanceParams = moves })}");
        await Expect(plan.Locator(".card-head .badge")).ToHaveTextAsync("12 moves");
        await Expect(page.GetByTestId("moves-table").Locator("tbody tr")).ToHaveCountAsync(12);
        await Expect(plan.Locator(".net")).ToContainTextAsync("10.0.0.9:8080 +12");
        await ShowAsync("plan-moves");
        await page.GetByLabel("Moves of").SelectOptionAsync("10.0.0.1:8080");
        await Expect(page.GetByTestId("moves-table").Locator("tbody tr")).ToHaveCountAsync(4);

        await browser.VisitAsync(page, $"/jobs?detail={await workers.SubmitAsync("odd", "With lists", job => job["parameters"] = new JsonObject { ["files"] = Files() })}");
        await Expect(page.GetByTestId("plan-table")).ToContainTextAsync("a/very/long/path");
        await ShowAsync("plan-generic");

        // Of a kind that nobody here knows: what came with the job, as a tree.
        await browser.VisitAsync(page, $"/jobs?detail={await workers.SubmitAsync("odd", "Unreadable", job => job["parameters"] = new JsonObject { ["task_params_pb"] = new JsonObject { ["bytes_value"] = "/////w==" } })}");
        await Expect(plan).ToContainTextAsync("This plan is of a kind that is not known here");
        await Expect(plan).ToContainTextAsync("task_params_pb");

        if (width < 900)
        {
            var box = (await page.GetByTestId("job-modal").BoundingBoxAsync())!;
            Assert.Equal((0f, 0f, (float)width, (float)height), (box.X, box.Y, box.Width, box.Height));
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        async Task ShowAsync(string name)
        {
            await plan.EvaluateAsync("plan => plan.scrollIntoView()");
            await PageChecks.CheckAsync(page, $"{name}-{width}-{theme}");
        }
    }

    private static Task<string> PlannedAsync(ScriptedWorkers workers, string type, TaskParams plan) => workers.SubmitAsync(
        type, $"{type} of 7", job => job["parameters"] = new JsonObject { ["task_params_pb"] = new JsonObject { ["bytes_value"] = Convert.ToBase64String(plan.ToByteArray()) } });

    private static JsonObject Files()
    {
        var files = new JsonArray();
        for (var n = 0; n < 3; n++)
        {
            files.Add(new JsonObject
            {
                ["map_value"] = new JsonObject
                {
                    ["fields"] = new JsonObject { ["path"] = new JsonObject { ["string_value"] = $"/data/a/very/long/path/with/many/parts/{n}.log" }, ["size"] = new JsonObject { ["int64_value"] = $"{2048 * n}" } },
                },
            });
        }

        return new JsonObject { ["list_value"] = new JsonObject { ["values"] = files } };
    }
}

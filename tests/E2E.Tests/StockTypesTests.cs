using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What the stock worker brings: its forms, and a job of each type that people submit.</summary>
public sealed class StockTypesTests(WorkingAdmin browser) : IClassFixture<WorkingAdmin>
{
    private static readonly (string Name, string Path)[] Forms =
    [
        ("new-script", "/jobs/new?type=script"), ("new-http", "/jobs/new?type=http"),
        ("config-script", "/plugin/configuration?job=script"), ("config-http", "/plugin/configuration?job=http"), ("config-scrub", "/plugin/configuration?job=file_scrub"),
    ];

    [Theory]
    [InlineData(1280, "light")]
    [InlineData(390, "dark")]
    public async Task Forms_AreAccessible_AndFit(int width, string theme)
    {
        var (page, complaints) = await browser.OpenAsync("/", width, 844, theme);
        foreach (var (name, path) in Forms)
        {
            await browser.VisitAsync(page, path);
            await Expect(page.Locator("[data-field]").First).ToBeVisibleAsync();
            await PageChecks.CheckAsync(page, $"{name}-{width}-{theme}");

            // Only what detects has a turn that could be long.
            if (name.StartsWith("config-", StringComparison.Ordinal))
            {
                await Expect(page.GetByText("Longest turn (s)")).ToHaveCountAsync(name == "config-scrub" ? 1 : 0);
            }
        }

        // Each interpreter has its own switch.
        await browser.VisitAsync(page, "/jobs/new?type=script");
        await Expect(page.Locator("[data-field=strict]")).ToBeVisibleAsync();
        await page.Locator("[data-field=interpreter] input[value=node]").CheckAsync();
        await Expect(page.Locator("[data-field=module_kind]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-field=strict]")).ToHaveCountAsync(0);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Script_FromItsForm_RunsWithProgressAndOutput()
    {
        var (page, _) = await browser.OpenAsync("/jobs/new?type=script");
        await Browser.StreamsAsync(page.Locator("[data-field=source] textarea"));
        await page.Locator("[data-field=source] textarea").FillAsync("echo '##progress 40 copying'\necho from $BASH_VERSION; sleep 600");
        await page.Locator("[data-field=parse_progress] input").SetCheckedAsync(true);
        await page.GetByTestId("submit-job").ClickAsync();
        await Expect(page.GetByTestId("job-log")).ToContainTextAsync("from 5.");
        await Expect(page.Locator("main")).ToContainTextAsync("copying");
        await page.GetByTestId("cancel-job").ClickAsync();
        await page.GetByTestId("cancel-job-confirm").ClickAsync();
        await Expect(page.Locator(".chip-canceled").First).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Http_KeepsTheAnswer_AndNeverTheToken()
    {
        using var http = new HttpClient();
        var job = new JsonObject
        {
            ["job_type"] = "http",
            ["parameters"] = new JsonObject
            {
                ["url"] = new JsonObject { ["string_value"] = $"{browser.Admin.Address}/health" },
                ["auth"] = new JsonObject { ["string_value"] = "bearer" },
                ["token"] = new JsonObject { ["string_value"] = "never-to-be-seen" },
            },
        };
        using var reply = await http.PostAsJsonAsync($"{browser.Admin.Address}/api/plugin/jobs/execute", new JsonObject { ["job"] = job });
        var said = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, said);
        Assert.Contains("\"http_status\"", said, StringComparison.Ordinal);
        Assert.DoesNotContain("never-to-be-seen", said, StringComparison.Ordinal);
        Assert.DoesNotContain("never-to-be-seen", await http.GetStringAsync($"{browser.Admin.Address}/api/plugin/jobs?job_type=http"), StringComparison.Ordinal);
    }
}

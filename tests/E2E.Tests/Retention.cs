using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>The steps of a person who works with File retention.</summary>
public static class Retention
{
    public const string Configuration = "/plugin/configuration?job=file_retention";
    public const string Execution = "/plugin/execution?job=file_retention";

    /// <summary>Fills in the form that the worker described and saves it.</summary>
    public static async Task ConfigureAsync(IPage page, string root, int keep, string action, params (string Field, string Text)[] more)
    {
        // What an earlier walk left behind.
        if (await page.GetByLabel("Roots, item 1", new() { Exact = true }).CountAsync() > 0)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Roots, item 1: remove" }).ClickAsync();
            await Expect(page.GetByLabel("Roots, item 1", new() { Exact = true })).ToHaveCountAsync(0);
        }

        await Browser.StreamsAsync(page.Locator("#w-worker-roots"));
        await page.Locator("#w-worker-roots").FillAsync(root);
        await page.Locator("#w-worker-roots").PressAsync("Enter");
        await Expect(page.GetByLabel("Roots, item 1", new() { Exact = true })).ToHaveValueAsync(root);
        await TypeAsync(page, "min_keep", $"{keep}");
        await page.Locator($"[data-field=action] input[value={action}]").CheckAsync();
        foreach (var (field, text) in more)
        {
            await TypeAsync(page, field, text);
        }

        await page.Locator("#w-worker-dry_run").SetCheckedAsync(false);
        await page.GetByTestId("save-config").ClickAsync();
        await page.GetByTestId("save-confirm").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("Saved as version");
    }

    /// <summary>Detect + execute, then every job of it in its final state, followed on the Execution tab.</summary>
    public static async Task ExecuteAsync(IPage page, string tree, int jobs)
    {
        await page.GetByTestId("detect-execute").ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Detect + execute");
        await page.GetByRole(AriaRole.Link, new() { Name = "Execution" }).ClickAsync();
        try
        {
            await Expect(Rows(page, tree).Filter(new() { HasText = "Succeeded" })).ToHaveCountAsync(jobs, new() { Timeout = 60_000 });
        }
        catch (PlaywrightException exception)
        {
            // A count alone does not say whether nothing was found, a job failed, or the list is out of date.
            throw new PlaywrightException($"{exception.Message}\nThe page says:\n{await page.Locator("main").InnerTextAsync()}", exception);
        }
    }

    public static ILocator Rows(IPage page, string tree) => page.GetByTestId("job-row").Filter(new() { HasText = tree });

    private static async Task TypeAsync(IPage page, string field, string text)
    {
        await page.Locator($"#w-worker-{field}").FillAsync(text);
        await page.Locator($"#w-worker-{field}").PressAsync("Tab");
        await Expect(page.Locator($"#w-worker-{field}")).ToHaveValueAsync(text);
    }
}

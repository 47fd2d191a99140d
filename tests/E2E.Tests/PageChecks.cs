using Microsoft.Playwright;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What every page and state must be: accessible, and no wider than the screen.</summary>
public static class PageChecks
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "node_modules", "axe-core", "axe.min.js"));

    public static async Task CheckAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"{name}.png") });
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), $"{name} scrolls sideways");

        Assert.False(
            await page.EvaluateAsync<bool>("innerWidth >= 900 && [...document.querySelectorAll('table.list')].some(table => getComputedStyle(table).display !== 'table')"), $"{name} has a table whose columns do not line up");

        // Evaluated through the debugger, so that the page's content security policy stays on.
        await page.EvaluateAsync(Axe);
        var violations = await page.EvaluateAsync<string[]>("async () => (await axe.run({ resultTypes: ['violations'] })).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))");
        Assert.True(violations.Length == 0, $"{name}: {string.Join("\n", violations)}");
    }
}

using Microsoft.Playwright;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>What every page and state must be: accessible, and no wider than the screen.</summary>
public static class PageChecks
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "node_modules", "axe-core", "axe.min.js"));

    /// <summary>What moved by itself since the page was opened, when it is more than a reader forgives (a layout shift score of 0.1).</summary>
    private const string Shifts = """
        () => new Promise(resolve => {
            const observer = new PerformanceObserver(list => {
                observer.disconnect();
                const shifts = list.getEntries().filter(shift => !shift.hadRecentInput);
                const sum = shifts.reduce((sum, shift) => sum + shift.value, 0);
                resolve(sum < 0.1 ? [] : shifts.map(shift => `${shift.value.toFixed(3)} at ${Math.round(shift.startTime)} ms: ` + shift.sources.map(source =>
                    `${source.node?.outerHTML?.slice(0, 80) ?? source.node?.nodeName} ${Math.round(source.previousRect.y)}+${Math.round(source.previousRect.height)} -> ${Math.round(source.currentRect.y)}+${Math.round(source.currentRect.height)}`).join('; ')));
            });
            observer.observe({ type: 'layout-shift', buffered: true });
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve([]))));
        })
        """;

    /// <summary>What cannot be read in the theme the page does not have; it is back in its own before anybody looks.</summary>
    private const string OtherTheme = """
        async () => {
            const root = document.documentElement, own = root.dataset.theme;
            root.dataset.theme = getComputedStyle(root).colorScheme === 'dark' ? 'light' : 'dark';
            try {
                const { violations } = await axe.run({ runOnly: { type: 'rule', values: ['color-contrast'] }, resultTypes: ['violations'] });
                return violations.flatMap(v => v.nodes.map(n => n.html.slice(0, 160) + ': ' + n.any.map(check => check.message).join(' ')));
            } finally {
                root.dataset.theme = own;
            }
        }
        """;

    /// <summary>What of a row is not to be seen within it, or the row not within the page.</summary>
    private const string Astray = """
        (row, parts) => {
            const card = row.getBoundingClientRect();
            const outside = (inner, outer) => inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
            const astray = parts.filter(part => { const found = row.querySelector(part); return !found?.checkVisibility() || !found.textContent.trim() || outside(found.getBoundingClientRect(), card); });
            if (getComputedStyle(row).display === 'table-row' || card.left < 0 || card.right > innerWidth) astray.push('the card itself');
            return astray;
        }
        """;

    /// <param name="bothThemes">Looked at in the theme the page does not have as well; not worth its time where a test goes through both.</param>
    public static async Task CheckAsync(IPage page, string name, bool bothThemes = true)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"{name}.png") });
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), $"{name} scrolls sideways");

        Assert.False(
            await page.EvaluateAsync<bool>("innerWidth >= 900 && [...document.querySelectorAll('table.list')].some(table => getComputedStyle(table).display !== 'table')"), $"{name} has a table whose columns do not line up");

        // Evaluated through the debugger, so that the page's content security policy stays on.
        await page.EvaluateAsync(Axe);
        var violations = await page.EvaluateAsync<string[]>("async () => (await axe.run({ resultTypes: ['violations'] })).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))");
        Assert.True(violations.Length == 0, $"{name}: {string.Join("\n", violations)}");
        var unreadable = bothThemes ? await page.EvaluateAsync<string[]>(OtherTheme) : [];
        Assert.True(unreadable.Length == 0, $"{name}, in the other theme: {string.Join("\n", unreadable)}");
    }

    /// <summary>On a phone a row is a card with all its parts.</summary>
    /// <param name="parts">Each by a selector, looked for in the row.</param>
    public static async Task IsCardAsync(ILocator row, params string[] parts) => Assert.Empty(await row.EvaluateAsync<string[]>(Astray, parts));

    /// <summary>Nothing that was there was pushed about while the rest of the page came. For pages on which nothing happens meanwhile.</summary>
    public static async Task StoodStillAsync(IPage page, string name)
    {
        var shifts = await page.EvaluateAsync<string[]>(Shifts);
        Assert.True(shifts.Length == 0, $"{name} moved while it was read: {string.Join("\n", shifts)}");
    }
}

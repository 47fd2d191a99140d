using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>
/// A block of a page beside the picture that is kept of it, wide and narrow, light and dark. Compared coarsely, in the browser:
/// other letters are no difference, another ground, shape or size is. What the block says, tests ask for by its words.
/// </summary>
internal static class Pictures
{
    private static readonly (int Width, int Height)[] Screens = [(1280, 800), (390, 844)];

    /// <summary>Times and commands are different each time; they keep a place that does not depend on what they say.</summary>
    private const string Hide = """
        () => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`
                time { display: inline-block !important; width: 9ch; height: 1em; overflow: hidden; visibility: hidden; }
                .command pre, code { color: transparent !important; }`);
            document.adoptedStyleSheets.push(sheet);
        }
        """;

    private const string Settle = """
        (block, varies) => {
            const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(varies, '…');
        }
        """;

    /// <summary>
    /// What is clearly different, in size or in the squares of 8 pixels that both have: their middle colour, which letters hardly
    /// change, and their mean, which says how much is written there. Empty: nothing.
    /// </summary>
    private const string Compare = """
        async ([kept, seen]) => {
            const side = 8, ground = { clearly: 12, most: 0.14 }, ink = { clearly: 28, most: 0.2 };
            const read = async data => {
                const image = new Image();
                image.src = data;
                await image.decode();
                const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height }), context = canvas.getContext('2d');
                context.drawImage(image, 0, 0);
                return context.getImageData(0, 0, image.width, image.height);
            };
            const square = (image, x, y, channel) => {
                const values = [];
                for (let dy = 0; dy < side; dy++) for (let dx = 0; dx < side; dx++) values.push(image.data[((y + dy) * image.width + x + dx) * 4 + channel]);
                return { middle: values.sort((a, b) => a - b)[values.length / 2], mean: values.reduce((sum, value) => sum + value) / values.length };
            };
            const [a, b] = await Promise.all([kept, seen].map(read));
            const off = (before, now) => Math.abs(before - now) > Math.max(24, before * 0.08);
            if (off(a.width, b.width) || off(a.height, b.height)) return `it is ${b.width} by ${b.height} pixels and was ${a.width} by ${a.height}`;
            let all = 0, grounds = 0, inks = 0;
            for (let y = 0; y + side <= Math.min(a.height, b.height); y += side) for (let x = 0; x + side <= Math.min(a.width, b.width); x += side) {
                all++;
                const pairs = [0, 1, 2].map(channel => [square(a, x, y, channel), square(b, x, y, channel)]);
                if (pairs.some(([before, now]) => Math.abs(before.middle - now.middle) > ground.clearly)) grounds++;
                if (pairs.some(([before, now]) => Math.abs(before.mean - now.mean) > ink.clearly)) inks++;
            }
            const share = count => `${(100 * count / all).toFixed(1)} %`;
            return grounds > all * ground.most || inks > all * ink.most ? `of its ground ${share(grounds)} differ, of what is drawn on it ${share(inks)}` : '';
        }
        """;

    /// <param name="block">On a page that stands still.</param>
    /// <param name="varies">A text in it that is another one each time.</param>
    public static async Task CompareAsync(ILocator block, string name, string? varies = null)
    {
        var page = block.Page;
        var (before, theme) = (page.ViewportSize!, await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        var seen = new List<(string Name, byte[] Picture)>();
        await page.EvaluateAsync(Hide);
        if (varies is not null)
        {
            await block.EvaluateAsync(Settle, varies);
        }

        foreach (var (width, height) in Screens)
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var look in (string[])["light", "dark"])
            {
                await page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", look);
                var picture = await block.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, $"state-{name}-{width}-{look}.png"), Animations = ScreenshotAnimations.Disabled });
                seen.Add(($"{name}-{width}-{look}.png", picture));
            }
        }

        await page.SetViewportSizeAsync(before.Width, before.Height);
        await page.EvaluateAsync("theme => { document.documentElement.dataset.theme = theme; document.adoptedStyleSheets.pop(); }", theme);
        if (Environment.GetEnvironmentVariable("WRITE_PICTURES") == "1")
        {
            seen.ForEach(one => File.WriteAllBytes(Kept(one.Name), one.Picture));
            return;
        }

        await using var context = await page.Context.Browser!.NewContextAsync();
        var canvas = await context.NewPageAsync();
        var differences = new List<string>();
        foreach (var (file, picture) in seen)
        {
            var difference = File.Exists(Kept(file)) ? await canvas.EvaluateAsync<string>(Compare, new[] { Data(File.ReadAllBytes(Kept(file))), Data(picture) }) : "no picture of it is kept";
            if (difference.Length > 0)
            {
                differences.Add($"{difference}\n  kept: {Kept(file)}\n  seen: {Path.Combine(Browser.Screenshots, $"state-{file}")}");
            }
        }

        Assert.True(differences.Count == 0, $"'{name}' is not what it was. If it should be: WRITE_PICTURES=1 dotnet test tests/E2E.Tests, and look at what has changed.\n{string.Join('\n', differences)}");
    }

    private static string Data(byte[] picture) => $"data:image/png;base64,{Convert.ToBase64String(picture)}";

    private static string Kept(string file, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Pictures", file);
}

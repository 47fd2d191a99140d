using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Every kind of field in a real browser: typed into, saved, read back.</summary>
public sealed class GalleryTests(DevelopmentAdmin browser) : IClassFixture<DevelopmentAdmin>
{
    private const string StoredSecret = "correct horse battery staple";

    /// <summary>What is typed, and what the box shows once it was saved.</summary>
    private static readonly (string Field, string Typed, string Shown)[] Boxes =
    [
        ("int64_number", "7", "7"), ("int64_text", "9007199254740995", "9007199254740995"), ("int64_plain", "-9223372036854775808", "-9223372036854775808"),
        ("double_number", "0.1", "0.1"), ("double_plain", "1e-7", "1E-07"), ("string_text", "<b>text</b> Ω", "<b>text</b> Ω"), ("string_textarea", "one\n two\n", "one\n two\n"),
        ("string_plain", "plain", "plain"), ("bytes_textarea", "00ff10", "00ff10"), ("bytes_text", "other bytes", "other bytes"),
        ("duration_duration", "100m", "1h40m"), ("duration_plain", "250ms", "250ms"),
    ];

    [Fact]
    public async Task EveryField_TypedSavedAndReadBack_KeepsItsValue()
    {
        var (page, complaints) = await browser.OpenAsync("/dev/gallery");
        ILocator Field(string name) => page.Locator($"[data-field={name}]").First;
        ILocator Box(string name) => page.Locator($"#types-worker-{name}");
        await Expect(Box("int64_text")).ToHaveValueAsync("9007199254740993");
        await Expect(page.Locator("textarea.field-area:not([data-streams])")).ToHaveCountAsync(0);
        await Browser.StreamsAsync(Box("list_text"));
        await Browser.StreamsAsync(Box("list_int64"));
        await Field("bool_toggle").GetByRole(AriaRole.Switch).UncheckAsync();
        await Field("bool_plain").GetByRole(AriaRole.Switch).CheckAsync();
        foreach (var (field, typed, _) in Boxes)
        {
            await Box(field).FillAsync(typed);
            await Box(field).BlurAsync();
        }

        await Box("string_password").FillAsync("s3cr3t-typed");
        await Box("string_password").BlurAsync();
        await Field("enum_radio").GetByText("Option two").ClickAsync();
        await Box("enum_select").SelectOptionAsync("nine");
        await Field("list_multi").GetByText("Option two", new() { Exact = true }).ClickAsync();
        await Box("list_text").FillAsync("/data/c");
        await Box("list_text").PressAsync("Enter");
        await Box("list_int64").FillAsync("-9007199254740993");
        await Box("list_int64").PressAsync("Enter");
        var nested = Field("object_textarea").GetByLabel("object textarea, limits, files: value");
        await nested.FillAsync("9007199254740997");
        await nested.BlurAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Save and read back" }).ClickAsync();
        await Expect(page.GetByTestId("gallery-reply")).ToHaveTextAsync("Saved");
        await Expect(page.Locator(".form").First.Locator(".field-dirty")).ToHaveCountAsync(0);
        foreach (var (field, _, shown) in Boxes)
        {
            await Expect(Box(field)).ToHaveValueAsync(shown);
        }

        await Expect(Field("bool_toggle").GetByRole(AriaRole.Switch)).Not.ToBeCheckedAsync();
        await Expect(Field("bool_plain").GetByRole(AriaRole.Switch)).ToBeCheckedAsync();
        await Expect(Field("string_password")).ToContainTextAsync("Set");
        await Expect(Field("enum_radio").GetByRole(AriaRole.Radio, new() { Name = "Option two" })).ToBeCheckedAsync();
        await Expect(Box("enum_select")).ToHaveValueAsync("nine");
        await Expect(Field("list_multi")).ToContainTextAsync("3 of 14");
        await Expect(Field("list_text").GetByLabel("list text, item 3", new() { Exact = true })).ToHaveValueAsync("/data/c");
        await Expect(Field("list_int64").GetByLabel("list int64, item 3", new() { Exact = true })).ToHaveValueAsync("-9007199254740993");
        await Field("object_textarea").GetByRole(AriaRole.Button, new() { Name = "JSON" }).ClickAsync();
        await Expect(Field("object_textarea").Locator("textarea")).ToHaveCountAsync(1);
        await Expect(Field("object_textarea").Locator("textarea")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("9007199254740997"));
        await Expect(page.Locator(".form").First.Locator(".form-others")).ToContainTextAsync("carried along");
        Assert.DoesNotContain("s3cr3t-typed", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task StoredSecret_NeverReachesTheBrowser()
    {
        var (page, _) = await browser.OpenAsync("/");
        var received = new StringBuilder();
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            lock (received)
            {
                received.Append(frame.Text ?? Encoding.Latin1.GetString(frame.Binary ?? []));
            }
        };
        await browser.VisitAsync(page, "/dev/gallery");
        await Expect(page.Locator("#states-worker-secret_set")).ToHaveTextAsync("Replace");
        await page.Locator("#states-worker-secret_set").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Check everything" }).ClickAsync();
        await Expect(page.Locator(".form-errors")).ToHaveCountAsync(2);
        lock (received)
        {
            Assert.Contains("secret_set", received.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(StoredSecret, received.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(StoredSecret, await page.ContentAsync(), StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1280, "light")]
    [InlineData(390, "dark")]
    public async Task Gallery_WithErrorsShown_IsAccessibleAndFits(int width, string theme)
    {
        var (page, complaints) = await browser.OpenAsync("/dev/gallery", width, 800, theme);
        await page.GetByRole(AriaRole.Button, new() { Name = "Check everything" }).ClickAsync();
        await Expect(page.Locator(".form-errors")).ToHaveCountAsync(2);
        await PageChecks.CheckAsync(page, $"gallery-{width}-{theme}");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}

using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>
/// Behind a proxy at which TLS ends. The admin believes no forwarded header, so it does not know; nothing it says may depend on it.
/// </summary>
public sealed class TlsTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>
{
    [Theory]
    [InlineData(true, 1280, 800, "light")]
    [InlineData(false, 390, 844, "dark")]
    public async Task OverHttps_PagesLiveUpdatesFormsAndFilesWork_AndNothingIsAskedForWithoutTls(bool passesSockets, int width, int height, string theme)
    {
        await using var proxy = new ReverseProxy(browser.Admin.Address, "", strips: false) { Tls = true, PassesSockets = passesSockets };
        await proxy.StartAsync();
        using var workers = new ScriptedWorkers(browser.Admin);
        var type = $"tls-{width}";
        await workers.OfferAsync(type, executes: false);
        var (page, complaints) = await browser.OpenAsync("/activity", width, height, theme, proxy.Address);
        var sockets = new List<string>();
        page.WebSocket += (_, socket) => sockets.Add(socket.Url);
        await page.GotoAsync($"{proxy.Address}/jobs?q=type:{type}");
        await Browser.ReadyAsync(page);
        Assert.All(sockets, socket => Assert.StartsWith($"wss{proxy.Address["https".Length..]}/_blazor", socket, StringComparison.Ordinal));
        Assert.NotEmpty(sockets);

        // What somebody else submits comes by itself, into a page that is not asked for again.
        await page.EvaluateAsync("window.sameDocument = true");
        var job = await workers.SubmitAsync(type, "Seen over https");
        await Expect(page.GetByTestId("job-row")).ToContainTextAsync("Seen over https");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        await PageChecks.CheckAsync(page, $"tls-{width}-{theme}");

        // Links to be copied are those of the address that is seen.
        await page.GotoAsync($"{proxy.Address}/jobs/{job}");
        await page.GetByTestId("copy-as").Locator("summary").ClickAsync();
        await page.GetByTestId("copy-as").GetByRole(AriaRole.Button, new() { Name = "cURL" }).ClickAsync();
        await Expect(page.GetByTestId("copy-as").Locator("pre").First).ToContainTextAsync($"{proxy.Address}/api/plugin/jobs/{job}");

        await page.GotoAsync($"{proxy.Address}/settings");
        await page.GetByPlaceholder("name of a new lane").FillAsync($"lane-{width}");
        await page.GetByTestId("add-lane").ClickAsync();
        await Expect(page.GetByLabel($"lane-{width}: one job type at a time")).ToBeVisibleAsync();
        await Browser.ReloadAsync(page);
        await Expect(page.GetByLabel($"lane-{width}: one job type at a time")).ToBeVisibleAsync();

        // A choice stays, in a cookie for this host alone.
        await page.GetByTestId("view").ClickAsync();
        await page.GetByTestId("view-menu").GetByRole(AriaRole.Radio, new() { Name = "UTC" }).CheckAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-time", "utc");
        await Browser.ReloadAsync(page);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-time", "utc");
        var cookies = await page.Context.CookiesAsync();
        Assert.Contains(cookies, cookie => cookie is { Name: "time", Value: "utc" });
        Assert.All(cookies, cookie => Assert.Equal(("127.0.0.1", "/"), (cookie.Domain, cookie.Path)));
        Assert.All(cookies, cookie => Assert.NotEqual(SameSiteAttribute.None, cookie.SameSite));

        await page.GotoAsync($"{proxy.Address}/activity");
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "JSON" }).ClickAsync());
        Assert.StartsWith("[", await File.ReadAllTextAsync(await file.PathAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain(complaints, complaint => passesSockets || !complaint.Contains("WebSocket", StringComparison.Ordinal));
        Assert.True(await page.EvaluateAsync<bool>("isSecureContext"));

        // An address without a page, and from there by its form: relative, so https stays.
        await page.GotoAsync($"{proxy.Address}/no/such/page");
        await page.GetByLabel("Search jobs").FillAsync($"type:{type}");
        await page.GetByLabel("Search jobs").PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex($"^{Regex.Escape(proxy.Address)}/jobs"));
        await Expect(page.GetByTestId("job-row")).ToContainTextAsync("Seen over https");
        await page.Context.CloseAsync();
    }

    /// <summary>Of the two pages that say they come from this host only the one at its port is believed, with TLS as without.</summary>
    [Theory]
    [InlineData("https://{0}", HttpStatusCode.OK)]
    [InlineData("https://127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("https://elsewhere.example", HttpStatusCode.Forbidden)]
    public async Task Connection_OfAPageFromElsewhere_IsRefused(string origin, HttpStatusCode answer)
    {
        await using var proxy = new ReverseProxy(browser.Admin.Address, "", strips: false) { Tls = true };
        await proxy.StartAsync();
        using var http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{proxy.Address}/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add("Origin", string.Format(System.Globalization.CultureInfo.InvariantCulture, origin, new Uri(proxy.Address).Authority));
        using var reply = await http.SendAsync(request);
        Assert.Equal(answer, reply.StatusCode);
    }
}

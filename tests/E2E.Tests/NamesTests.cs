using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>An admin that says what it is for.</summary>
public sealed class ProductionFleet : Fleet
{
    public ProductionFleet() => Admin.More = ["--environment", "production"];
}

/// <summary>Other names of pages, titles of windows, and the way back.</summary>
public sealed class NamesTests(ProductionFleet fleet) : IClassFixture<ProductionFleet>
{
    private const float Patience = 60_000;

    [Fact]
    public async Task Pages_AreFoundUnderTheirOtherNames_AndSayWhatTheyAre()
    {
        var worker = fleet.Start("namer");
        var (page, complaints) = await fleet.OpenAsync("/");
        await Expect(page.GetByTestId("environment")).ToHaveTextAsync("production");
        await Expect(page.GetByTestId("environment")).ToHaveClassAsync(new Regex("badge-danger"));
        await Expect(page.Locator("#lanes-at-work")).ToContainTextAsync("Idle.", new() { Timeout = Patience });
        await Expect(page).ToHaveTitleAsync("Idle · Overview · Plugin Admin");

        // What cannot be detected has no timetable to look at first.
        await fleet.VisitAsync(page, "/plugin?job=command");
        await Expect(page).ToHaveURLAsync(new Regex(@"/plugin/queue\?job=command$"));
        await fleet.VisitAsync(page, "/plugin?job=file_retention");
        await Expect(page).ToHaveURLAsync(new Regex(@"/plugin/configuration\?job=file_retention$"));
        await fleet.VisitAsync(page, "/plugin/monitoring?job=command");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Job type pages" }).Locator("[aria-current=page]")).ToHaveTextAsync("Execution");
        await Expect(page).ToHaveTitleAsync("Idle · Command: Execution · Plugin Admin");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Breadcrumb" })).ToHaveTextAsync(new Regex(@"^\s*Job types\s*Command\s*$"));

        // A lane stays chosen inside of a type, until somebody takes it away.
        await fleet.VisitAsync(page, "/plugin/lanes/default/queue?job=command");
        await page.GetByTestId("other-lane").GetByRole(AriaRole.Link, new() { Name = "general" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/plugin/lanes/general/queue\?job=command$"));
        await Expect(page.GetByTestId("lane-chip")).ToContainTextAsync("general");
        await PageChecks.CheckAsync(page, "type-in-lane");
        await page.GetByTestId("lane-chip").GetByText("show all lanes").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/plugin/queue\?job=command$"));
        await fleet.VisitAsync(page, "/plugin/lanes/nowhere/workers");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No lane named nowhere" })).ToBeVisibleAsync();

        await fleet.VisitAsync(page, "/workers");
        await Expect(page).ToHaveTitleAsync("1 healthy · Workers · Plugin Admin");
        await Fleet.KillAsync(worker);
        await page.GetByTestId("forget").ClickAsync();
        await page.GetByTestId("forget-confirm").ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("the admin never dials out");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}

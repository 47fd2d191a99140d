using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class NewJobPageTests : LivePages
{
    private Viewer Viewer => Services.GetRequiredService<Viewer>();

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public void OneCopy_IsAJob()
    {
        Admin.Answer = command => new Submission(Succeeded(((SubmitJob)command).DedupeKey));
        var page = Page();
        page.Find("#job-key").Change("night");
        page.Find("#job-summary").Input("Tidy up");
        page.Find("#job-timeout").Change("soon");
        page.Find("form").Submit();
        Assert.Contains("A duration", page.Find("#job-timeout-help").TextContent, StringComparison.Ordinal);
        Assert.Empty(Admin.Sent);

        page.Find("#job-timeout").Change("1.5s");
        page.Find("form").Submit();
        var sent = (SubmitJob)Assert.Single(Admin.Sent);
        Assert.Equal(("night", "Tidy up", TimeSpan.FromSeconds(1.5)), (sent.DedupeKey, sent.Summary, sent.AttemptTimeout));
        Assert.EndsWith("jobs/night", Address, StringComparison.Ordinal);
    }

    /// <summary>Until a person chooses one, the default of the type counts, and is shown.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData("50", 50)]
    public void Priority_IsSentOnlyWhenChosen(string chosen, int? sent)
    {
        Admin.Answer = command => new Submission(Succeeded("j"));
        var page = Page();
        Assert.Equal("As its type says (70)", page.Find("#job-priority option").TextContent);
        if (chosen.Length > 0)
        {
            page.Find("#job-priority").Change(chosen);
        }

        page.Find("form").Submit();
        Assert.Equal(sent, Assert.IsType<SubmitJob>(Assert.Single(Admin.Sent)).Priority);
    }

    [Fact]
    public void SeveralCopies_AreAGroup()
    {
        Admin.Answer = _ => new GroupSubmission("g-1", false, [], []);
        var page = Page();
        Assert.Empty(page.FindAll("#job-max-running"));
        page.Find("#job-copies").Change("10001");
        page.Find("form").Submit();
        Assert.Contains("1 to 10000", page.Find("#job-copies-help").TextContent, StringComparison.Ordinal);

        page.Find("#job-copies").Change("5");
        page.Find("#job-key").Change("night");
        page.Find("#job-max-running").Change("2");
        page.Find("#job-fail-policy").Change("CancelRest");
        page.Find("form").Submit();
        Assert.Contains("cannot share a key", page.Find("#job-key-help").TextContent, StringComparison.Ordinal);
        Assert.Empty(Admin.Sent);

        page.Find("#job-key").Change("");
        page.Find("form").Submit();
        var sent = (SubmitGroup)Assert.Single(Admin.Sent);
        Assert.Equal((5, 2, GroupFailPolicy.CancelRest, "echo"), (sent.Parallel, sent.MaxRunning, sent.FailPolicy, sent.Template.JobType));
        Assert.EndsWith("groups/g-1", Address, StringComparison.Ordinal);
    }

    /// <summary>What a person types is in the zone that all times of the page are in, and the box says which.</summary>
    [Theory]
    [InlineData(TimeMode.Utc, "UTC", 14)]
    [InlineData(TimeMode.Local, "Europe/Berlin", 13)]
    [InlineData(TimeMode.Relative, "Europe/Berlin", 13)]
    public void Times_AreInTheZoneOfTheSwitch(TimeMode mode, string zone, int hour)
    {
        Admin.Answer = command => new Submission(Succeeded("j"));
        Viewer.Load(new ViewerSettings { Zone = "Europe/Berlin", Time = mode });
        var page = Page();
        Assert.Equal([$"Not before ({zone})", $"Give up if not started by ({zone})"], page.FindAll("label[for=job-start], label[for=job-expires]").Select(label => label.TextContent));
        page.Find("#job-start").Change("2030-01-31 14:00");
        page.Find("#job-expires").Change("2030-01-31 14:30");
        page.Find("form").Submit();
        var (start, end) = Assert.IsType<SubmitJob>(Assert.Single(Admin.Sent)) is var sent ? (sent.NotBefore, sent.ExpiresAt) : default;
        Assert.Equal(new DateTimeOffset(2030, 1, 31, hour, 0, 0, TimeSpan.Zero), start);
        Assert.Equal(new DateTimeOffset(2030, 1, 31, hour, 30, 0, TimeSpan.Zero), end);
    }

    /// <summary>The switch may be turned while something is written: it stays the moment that was meant, and an age stays an age.</summary>
    [Fact]
    public async Task SwitchedZone_KeepsTheMoment()
    {
        Admin.Answer = command => new Submission(Succeeded("j"));
        Viewer.Load(new ViewerSettings { Zone = "Europe/Berlin", Time = TimeMode.Local });
        var page = Page();
        page.Find("#job-start").Change("2030-01-31 14:00");
        page.Find("#job-expires").Change("2h");
        await page.InvokeAsync(() => Viewer.ChooseAsync(Viewer.Settings with { Time = TimeMode.Utc }));
        Assert.Equal(("2030-01-31 13:00", "2h"), (page.Find("#job-start").GetAttribute("value"), page.Find("#job-expires").GetAttribute("value")));
        Assert.Equal("Not before (UTC)", page.Find("label[for=job-start]").TextContent);
        page.Find("form").Submit();
        Assert.Equal(new DateTimeOffset(2030, 1, 31, 13, 0, 0, TimeSpan.Zero), Assert.IsType<SubmitJob>(Assert.Single(Admin.Sent)).NotBefore);
    }

    [Theory]
    [InlineData("0001-01-01 00:30")]
    [InlineData("9999-12-31 23:30")]
    public void DayThatIsNoneInAnotherZone_IsNoMoment(string text)
    {
        var field = new MomentField("at", "At", "", "") { Text = text };
        field.Turn(Zones.Find("Europe/Berlin"));
        field.Text = text;
        Assert.Null(field.Moment);
        field.Turn(Zones.Find("America/New_York"));
        Assert.Null(field.Moment);
    }

    [Fact]
    public void Draft_IsTheSameMoment_InAnotherZone()
    {
        var (written, read) = (new MomentField("at", "At", "", ""), new MomentField("at", "At", "", ""));
        written.Turn(Zones.Find("Europe/Berlin"));
        written.Text = "2030-01-31 14:00:30";
        read.Restore(new Dictionary<string, string> { ["at"] = written.Draft });
        Assert.Equal(("2030-01-31 13:00:30", written.Moment), (read.Text, read.Moment));
        (written.Text, var draft) = ("10m", new Dictionary<string, string>());
        draft["at"] = written.Draft;
        read.Begin("");
        read.Restore(draft);
        Assert.Equal(("10m", null), (read.Text, read.Moment));
    }

    [Fact]
    public void Refusal_IsShownAsItIs()
    {
        var page = Page();
        page.Find("#job-copies").Change("3");
        page.Find("form").Submit();
        Assert.Contains("nothing is changed here", page.Find("[data-testid=submit-refusal]").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<NewJobPage> Page()
    {
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Dispatch = new() { DefaultPriority = 70 } }] });
        Services.GetRequiredService<NavigationManager>().NavigateTo("jobs/new?type=echo");
        return Render<NewJobPage>();
    }
}

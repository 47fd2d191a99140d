using BlazorPluginAdmin.Components.Fields;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Settings;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Forms;

/// <summary>No form is left with changes unasked, and what was written in the long ones comes back after a reload.</summary>
public sealed class LeavingTests : LivePages
{
    private static readonly Descriptor Echo = new()
    {
        JobType = "echo",
        WorkerForm = new FormSchema("w", "W", "", [new SectionSchema("job", "S", "", [new FieldSchema { Name = "words", Type = FieldType.Text }, new FieldSchema { Name = "token", Type = FieldType.Text, Sensitive = true }])], ConfigValues.Empty),
    };

    public LeavingTests() => Admin.Views.Publish(new ReadModel { At = DateTimeOffset.UnixEpoch, JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Descriptor = Echo }, new JobTypeView { Name = "plain", DisplayName = "Plain" }] });

    public static TheoryData<string, string, string> Small => new()
    {
        { "dispatch", "#queue-limit", "The dispatch of Echo" },
        { "timetable", "#cron", "The timetable of Echo" },
        { "retention", "#keep-runs", "What is kept" },
        { "cluster", "#filer_addresses", "The cluster" },
    };

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Theory]
    [MemberData(nameof(Small))]
    public async Task SmallForm_WithChanges_AsksBeforeItIsLeft(string form, string box, string what)
    {
        Navigation.NavigateTo("here");
        var page = Render(SmallForm(form));
        page.Find(box).Input("7");
        await LeaveAsync(page);
        Assert.Contains($"{what} has 1 unsaved change.", page.Find("[data-testid=leave]").TextContent, StringComparison.Ordinal);
        page.Find("[data-testid=stay]").Click();
        Assert.Empty(page.FindAll("[data-testid=leave]"));
        Assert.EndsWith("/here", Navigation.Uri, StringComparison.Ordinal);
        await LeaveAsync(page);
        page.Find("[data-testid=leave-discard]").Click();
        page.WaitForAssertion(() => Assert.EndsWith("/workers", Navigation.Uri, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Small))]
    public async Task SmallForm_ComesBack_UntilItIsDiscarded(string form, string box, string what)
    {
        var page = Render(SmallForm(form));
        var saved = ValueOf(page, box);
        page.Find(box).Input("7");
        await ReloadAsync();
        page = Render(SmallForm(form));
        page.WaitForAssertion(() => Assert.Contains("restored", page.Find("[data-testid=draft]").TextContent, StringComparison.Ordinal));
        Assert.Equal("7", ValueOf(page, box));
        await LeaveAsync(page);
        Assert.Contains(what, page.Find("[data-testid=leave]").TextContent, StringComparison.Ordinal);
        page.Find("[data-testid=stay]").Click();
        page.Find("[data-testid=discard-draft]").Click();
        Assert.Equal(saved, ValueOf(page, box));
        Assert.Empty(page.FindAll("[data-testid=draft]"));
    }

    [Fact]
    public async Task SeveralForms_AskOnce_AndAnotherViewOfThePageIsNoLeaving()
    {
        Navigation.NavigateTo("plugin/lanes/default/configuration?job=echo");
        var page = Render(builder =>
        {
            Of<TimetableForm>(("JobType", "echo"))(builder);
            Of<DispatchForm>(("JobType", "echo"))(builder);
        });
        await LeaveAsync(page, "workers");
        Navigation.NavigateTo("plugin/lanes/default/configuration?job=echo");
        page.Find("#cron").Input("0 3 * * *");
        page.Find("#queue-limit").Input("7");
        await LeaveAsync(page, "plugin/configuration?job=echo&as=json&detail=j-1");
        Assert.EndsWith("detail=j-1", Navigation.Uri, StringComparison.Ordinal);
        await LeaveAsync(page, "plugin/configuration?job=echo2");
        var dialog = Assert.Single(page.FindAll("[data-testid=leave]"));
        Assert.Contains("timetable", dialog.TextContent, StringComparison.Ordinal);
        Assert.Contains("dispatch", dialog.TextContent, StringComparison.Ordinal);
        page.Find("[data-testid=leave-discard]").Click();
        page.WaitForAssertion(() => Assert.EndsWith("job=echo2", Navigation.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task NewJob_ComesBackWithoutSecrets_UntilItIsDiscarded()
    {
        Navigation.NavigateTo("jobs/new?type=echo");
        var page = Render<NewJobPage>();
        page.Find("#job-summary").Input("Tidy up");
        page.Find("#job-key").Change("night");
        page.Find("#job-copies").Change("3");
        page.Find("#job-max-running").Change("2");
        page.Find("#job-fail-policy").Change("CancelRest");
        page.Find("#job-priority").Change("75");
        page.Find("#job-labels").Change("no label");
        page.Find("[data-field=words] input").Change("a long script");
        page.Find("[data-field=token] input").Change("t0p");
        await LeaveAsync(page);
        Assert.Contains("The new job has 9 unsaved changes.", page.Find("[data-testid=leave]").TextContent, StringComparison.Ordinal);
        page.Find("[data-testid=stay]").Click();

        await ReloadAsync();
        page = Render<NewJobPage>();
        page.WaitForAssertion(() => Assert.Contains("restored", page.Find("[data-testid=draft]").TextContent, StringComparison.Ordinal));
        Assert.Equal(
            ("Tidy up", "night", "3", "2", "CancelRest", "75", "no label", "a long script"),
            (ValueOf(page, "#job-summary"), ValueOf(page, "#job-key"), ValueOf(page, "#job-copies"), ValueOf(page, "#job-max-running"), ValueOf(page, "#job-fail-policy"), ValueOf(page, "#job-priority"), ValueOf(page, "#job-labels"), ValueOf(page, "[data-field=words] input")));
        Assert.NotEqual("t0p", ValueOf(page, "[data-field=token] input"));

        page.Find("[data-testid=discard-draft]").Click();
        Assert.Equal(("", "1", ""), (ValueOf(page, "#job-summary"), ValueOf(page, "#job-copies") is { Length: > 0 } copies ? copies : "1", ValueOf(page, "[data-field=words] input")));
        await LeaveAsync(page);
        Assert.EndsWith("/workers", Navigation.Uri, StringComparison.Ordinal);
        Assert.True(IsForgotten("draft:job:echo:"));
    }

    [Fact]
    public async Task NewJob_Submitted_LeavesUnasked_AndItsDraftIsGone()
    {
        Admin.Answer = command => new Submission(Succeeded(((SubmitJob)command).Summary));
        Navigation.NavigateTo("jobs/new?type=plain");
        var page = Render<NewJobPage>();
        page.Find("#job-summary").Input("once");
        await page.InvokeAsync(() => page.FindComponents<LargeText>().Single(box => box.Instance.Id == "job-json").Instance.ArriveAsync(new ArrivedText("{\"a\": 9007199254740993}")));
        await ReloadAsync();
        page = Render<NewJobPage>();
        page.WaitForAssertion(() => Assert.Equal("{\"a\": 9007199254740993}", ValueOf(page, "#job-json")));
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.EndsWith("jobs/once", Navigation.Uri, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("[data-testid=leave]"));
        Assert.True(IsForgotten("draft:job:plain:"));
    }

    /// <summary>More than one message of a circuit may carry; what cannot be read is said at the box.</summary>
    [Fact]
    public async Task NewJob_TakesJsonOfAnySize()
    {
        var text = new string('x', 300_000);
        Admin.Answer = command => new Submission(Succeeded("large"));
        Navigation.NavigateTo("jobs/new?type=plain");
        var page = Render<NewJobPage>();
        var box = page.FindComponents<LargeText>().Single(box => box.Instance.Id == "job-json").Instance;
        await page.InvokeAsync(() => box.ArriveAsync(new ArrivedText("{\"a\": ")));
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.StartsWith("Not JSON", page.Find("#job-json-error").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => box.ArriveAsync(new ArrivedText($$"""{"a": "{{text}}"}""")));
        Assert.Empty(page.Find("#job-json-error").TextContent);
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Equal(new ConfigValue.Text(text), Assert.IsType<SubmitJob>(Admin.Sent.Last()).Payload.Parameters["a"]));
    }

    [Fact]
    public async Task NewJob_OfAnotherType_TakesAlongWhatIsWritten()
    {
        Navigation.NavigateTo("jobs/new");
        var page = Render<NewJobPage>();
        page.Find("#job-summary").Input("first the words");
        page.Find("#job-type").Change("plain");
        page.WaitForAssertion(() => Assert.EndsWith("type=plain", Navigation.Uri, StringComparison.Ordinal));
        await ReloadAsync();
        Assert.True(IsForgotten("draft:job::"));
        page = Render<NewJobPage>();
        page.WaitForAssertion(() => Assert.Equal("first the words", ValueOf(page, "#job-summary")));
    }

    [Fact]
    public async Task NewSchedule_ComesBack_AlsoWhatWasWrittenForOneJob()
    {
        Services.GetRequiredService<ScheduleDraft>().Keep("echo", new SubmissionParts { Summary = "Of a job", Parameters = ConfigValues.Empty.With("words", new ConfigValue.Text("said")) });
        Navigation.NavigateTo("schedules/new?type=echo");
        var page = Render<NewSchedulePage>();
        page.Find("#schedule-name").Change("nightly");
        page.Find("#rule-kind").Change("every");
        page.Find("#rule-every").Input("6h");
        page.Find("#schedule-overlap").Change($"{ScheduleLook.Overlaps[1].Policy}");
        await LeaveAsync(page);
        Assert.Contains("The new schedule has 6 unsaved changes.", page.Find("[data-testid=leave]").TextContent, StringComparison.Ordinal);
        page.Find("[data-testid=stay]").Click();

        await ReloadAsync();
        page = Render<NewSchedulePage>();
        page.WaitForAssertion(() => Assert.Equal(
            ("nightly", "every", "6h", $"{ScheduleLook.Overlaps[1].Policy}", "Of a job", "said"),
            (ValueOf(page, "#schedule-name"), ValueOf(page, "#rule-kind"), ValueOf(page, "#rule-every"), ValueOf(page, "#schedule-overlap"), ValueOf(page, "#job-summary"), ValueOf(page, "[data-field=words] input"))));
        page.Find("[data-testid=discard-draft]").Click();
        Assert.Equal(("", "cron", ""), (ValueOf(page, "#schedule-name") ?? "", ValueOf(page, "#rule-kind"), ValueOf(page, "#job-summary") ?? ""));
        await LeaveAsync(page);
        Assert.EndsWith("/workers", Navigation.Uri, StringComparison.Ordinal);
    }

    private static RenderFragment SmallForm(string form) => form switch
    {
        "dispatch" => Of<DispatchForm>(("JobType", "echo")),
        "timetable" => Of<TimetableForm>(("JobType", "echo")),
        "retention" => Of<RetentionCard>(),
        _ => Of<ClusterSettingsForm>(),
    };

    private static RenderFragment Of<T>(params (string Name, object Value)[] parameters)
        where T : IComponent => builder =>
    {
        builder.OpenComponent<T>(0);
        foreach (var (name, value) in parameters)
        {
            builder.AddAttribute(1, name, value);
        }

        builder.CloseComponent();
    };

    private static string? ValueOf<T>(IRenderedComponent<T> page, string box)
        where T : IComponent => page.Find(box).GetAttribute("value");

    private Task LeaveAsync<T>(IRenderedComponent<T> page, string target = "workers")
        where T : IComponent => page.InvokeAsync(() => Navigation.NavigateTo(target));

    /// <summary>The page goes and comes again, with what the browser kept in its session.</summary>
    private async Task ReloadAsync()
    {
        await DisposeComponentsAsync();
        foreach (var kept in JSInterop.Invocations["sessionStorage.setItem"].GroupBy(call => (string)call.Arguments[0]!).Select(calls => calls.Last()))
        {
            var key = (string)kept.Arguments[0]!;
            JSInterop.Setup<string?>("sessionStorage.getItem", key).SetResult(IsForgotten(key) ? null : (string)kept.Arguments[1]!);
        }

        Render<BatchHost>();
    }

    private bool IsForgotten(string key) =>
        JSInterop.Invocations.LastOrDefault(call => call.Identifier is "sessionStorage.setItem" or "sessionStorage.removeItem" && call.Arguments[0] as string == key).Identifier == "sessionStorage.removeItem";
}

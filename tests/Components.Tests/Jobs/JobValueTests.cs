using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

/// <summary>Values of workers as a person sees them.</summary>
public sealed class JobValueTests : BunitContext
{
    public JobValueTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(new CircuitClock(TimeProvider.System));
    }

    [Theory]
    [InlineData("https://example.org/a?b=c#d")]
    [InlineData("HTTP://example.org/")]
    public void Address_IsALink_ThatTellsNobodyWhereItStood(string address)
    {
        var link = Shown(address).Find("a");
        Assert.Equal(address, link.TextContent);
        Assert.Equal(("noopener noreferrer", "_blank"), (link.GetAttribute("rel"), link.GetAttribute("target")));
        Assert.StartsWith("http", link.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("ftp://example.org")]
    [InlineData("see https://example.org")]
    [InlineData("https://example.org and more")]
    [InlineData("https://bank.example@evil.example/")]
    [InlineData("https://evil.example/\u202egnp")]
    [InlineData("https://")]
    [InlineData("//example.org")]
    public void OtherText_StaysText(string text) => Assert.Empty(Shown(text).FindAll("a"));

    [Fact]
    public void RawJson_IsMadeWhenAsked_WithoutSecrets()
    {
        var values = ConfigValues.Empty.With("key", new ConfigValue.Text("hush")).With("size", new ConfigValue.Int64(9007199254740993));
        var shown = Render<RawJson>(parameters => parameters.Add(view => view.Values, values).Add(view => view.Secrets, new HashSet<string> { "key" }));
        Assert.Empty(shown.FindAll("pre"));
        shown.Find("button").Click();
        Assert.Contains("9007199254740993", shown.Find("pre").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", shown.Markup, StringComparison.Ordinal);
    }

    /// <summary>A number that a script would round stays the number it is, wherever it stands.</summary>
    [Fact]
    public void Result_AsJson_HasItsNumbersExact()
    {
        var outputs = ConfigValues.Empty
            .With("least", new ConfigValue.Int64(long.MinValue))
            .With("sizes", new ConfigValue.Map(ConfigValues.Empty.With("all", new ConfigValue.List([new ConfigValue.Int64(9007199254740993), new ConfigValue.Int64(long.MaxValue)]))));
        var shown = Render<JobResultCard>(parameters => parameters.Add(card => card.Result, JobResult.Empty with { Summary = "done", Outputs = outputs }));
        Assert.Empty(shown.FindAll("pre"));
        shown.Find("[data-testid=result-json]").Click();
        var json = shown.Find("pre").TextContent;
        Assert.All(["-9223372036854775808", "9007199254740993", "9223372036854775807"], number => Assert.Contains(number, json, StringComparison.Ordinal));
        Assert.Equal(json, shown.FindComponent<CopyButton>().Instance.Text);
        using var read = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(long.MinValue, long.Parse(read.RootElement.GetProperty("least").ToString(), System.Globalization.CultureInfo.InvariantCulture));
        shown.Find("[aria-label=Form] button").Click();
        Assert.Empty(shown.FindAll("pre"));
    }

    [Fact]
    public void ActivitiesOfAJob_NewestLast_AreNarrowedBySource_AndRepeatsAreOne()
    {
        Activity[] told =
        [
            .. Enumerable.Range(0, 40).Select(n => Said(100 - n, "worker_progress", "half")), Said(50, "person", "asked to stop"), Said(49, "worker_progress", "half"),
        ];
        var shown = Render<JobActivities>(parameters => parameters.Add(view => view.Activities, told));
        Assert.Equal(["half", "asked to stop", "half × 40"], Lines());
        Assert.Equal(["", "executor", "person"], shown.FindAll("#activity-source option").Select(option => option.GetAttribute("value")));
        shown.Find("#activity-source").Change("person");
        Assert.Equal(["asked to stop"], Lines());

        // Without what stood between them the rest are one.
        shown.Find("#activity-source").Change("executor");
        Assert.Equal(["half × 41"], Lines());
        shown.Render(parameters => parameters.Add(view => view.Activities, [Said(50, "person", "asked to stop")]));
        Assert.Equal("Nothing from executor", shown.Find(".empty-title").TextContent);

        IEnumerable<string> Lines() => shown.FindAll("[data-testid=job-activities] li").Select(line => line.QuerySelector(".said")!.TextContent + (line.QuerySelector(".badge") is { } times ? $" {times.TextContent}" : ""));

        static Activity Said(long sequence, string source, string message) => new() { Sequence = sequence, At = DateTimeOffset.UnixEpoch, Source = source, Message = message };
    }

    [Fact]
    public void ActivityOfAJob_NamesItsWorker()
    {
        var said = new Activity { Sequence = 1, At = DateTimeOffset.UnixEpoch, Source = "worker_progress", Stage = "copy", Message = "half", Worker = new WorkerId("a/b") };
        var link = Render<JobActivities>(parameters => parameters.Add(view => view.Activities, [said])).Find("[data-testid=activity-worker]");
        Assert.Equal(("a/b", "workers/a%2Fb"), (link.TextContent, link.GetAttribute("href")));
    }

    /// <summary>Said for people only where that says more.</summary>
    [Theory]
    [InlineData(2, 205_512_800, "2.2055128s")]
    [InlineData(90, 0, "1m30s = 1 min 30 s")]
    public void Duration_IsNotSaidTwiceInTheSameWords(long seconds, int nanos, string shown) =>
        Assert.Equal(shown, string.Concat(Render<JobValue>(parameters => parameters.Add(view => view.Value, new ConfigValue.Duration(seconds, nanos))).FindAll("span").Select(part => part.TextContent)));

    /// <summary>As it is, not as it is shown.</summary>
    [Fact]
    public void NamedValue_IsCopiedWhole()
    {
        IRenderedComponent<JobValue> Named(ConfigValue value) => Render<JobValue>(parameters => parameters.Add(view => view.Name, "size_bytes").Add(view => view.Value, value));
        var copy = Named(new ConfigValue.Int64(9007199254740993)).FindComponent<CopyButton>();
        Assert.Equal(("9007199254740993", "Copy size_bytes"), (copy.Instance.Text, copy.Find("button").GetAttribute("aria-label")));
        Assert.Single(Named(new ConfigValue.Text("https://example.org/")).FindComponents<CopyButton>());
        Assert.Empty(Named(new ConfigValue.Text("")).FindComponents<CopyButton>());
        Assert.Empty(Named(new ConfigValue.Bool(true)).FindComponents<CopyButton>());
        Assert.Empty(Shown("in a list").FindComponents<CopyButton>());
    }

    private IRenderedComponent<JobValue> Shown(string text) => Render<JobValue>(parameters => parameters.Add(view => view.Value, new ConfigValue.Text(text)));
}

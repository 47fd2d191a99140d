using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Forms;
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

    [Fact]
    public void ActivityOfAJob_NamesItsWorker()
    {
        var said = new Activity { Sequence = 1, At = DateTimeOffset.UnixEpoch, Source = "worker_progress", Stage = "copy", Message = "half", Worker = new WorkerId("a/b") };
        var link = Render<JobActivities>(parameters => parameters.Add(view => view.Activities, [said])).Find("[data-testid=activity-worker]");
        Assert.Equal(("a/b", "workers/a%2Fb"), (link.TextContent, link.GetAttribute("href")));
    }

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

using BlazorPluginAdmin.Components.Layout;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.Layout;

public sealed class TypeLinkTests : LivePages
{
    /// <summary>What is queued could start; what waits for its time or for another job could not, and is not among it.</summary>
    [Fact]
    public void Number_IsOfWhatIsQueued_AndTheRestIsCountedBesideIt()
    {
        var link = Link(new JobCounts { Queued = 2, Scheduled = 4000, Backoff = 3, Blocked = 1 });
        Assert.Equal("2 queued", link.Find(".count-queued").TextContent);
        Assert.Equal("2 queued", link.Find(".count-queued").GetAttribute("title"));
        Assert.StartsWith("Echo · ", link.Find("a").GetAttribute("title"), StringComparison.Ordinal);
        Assert.EndsWith("scheduled, 3 in backoff, 1 blocked", link.Find("a").GetAttribute("title"), StringComparison.Ordinal);

        var none = Link(new JobCounts { Scheduled = 1 });
        Assert.Empty(none.FindAll(".count-queued"));
        Assert.Equal("Echo · 1 scheduled", none.Find("a").GetAttribute("title"));
        Assert.Equal("Echo", Link(new JobCounts()).Find("a").GetAttribute("title"));
    }

    private IRenderedComponent<TypeLink> Link(JobCounts counts) => Render<TypeLink>(parameters => parameters.Add(link => link.Type, new JobTypeView { Name = "echo", DisplayName = "Echo", Counts = counts }));
}

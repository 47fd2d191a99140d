using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class ProposalTableTests : LivePages
{
    /// <summary>The job in the way is named and linked; of a trial only what would be.</summary>
    [Theory]
    [InlineData(ProposalOutcome.Suppressed, false, "suppressed by job j-7")]
    [InlineData(ProposalOutcome.Suppressed, true, "would be suppressed by job j-7")]
    [InlineData(ProposalOutcome.Refreshed, false, "went into the waiting job j-7")]
    [InlineData(ProposalOutcome.Refreshed, true, "would go into the waiting job j-7")]
    [InlineData(ProposalOutcome.Queued, false, "queued as job j-7")]
    public void Outcome_NamesTheJob(ProposalOutcome outcome, bool isTrial, string text)
    {
        var proposal = new Proposal("p", "volume-7", "echo", 50, "Volume 7", "", ConfigValues.Empty, ImmutableSortedDictionary<string, string>.Empty, null, null);
        var table = Render<ProposalTable>(parameters => parameters.Add(its => its.Proposals, [new ProposalTrace(0, proposal, outcome, new JobId("j-7"), "")]).Add(its => its.IsTrial, isTrial));
        Assert.Equal(text, table.Find("[data-label=outcome]").TextContent.Trim());
        Assert.Equal("j-7", table.Find("[data-label=outcome] a").TextContent);
    }
}

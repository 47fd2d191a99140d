using BlazorPluginAdmin.Server.Core.Detections;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What addresses call the outcomes of proposals, and how many of them a detection counted.</summary>
/// <param name="Name">In an address.</param>
/// <param name="Words">After a number: 3 duplicates.</param>
/// <param name="Outcomes">Empty: any.</param>
public sealed record ProposalOutcomes(string Name, string Words, Func<DetectionCounts, int> Count, params ProposalOutcome[] Outcomes)
{
    public static readonly IReadOnlyList<ProposalOutcomes> All =
    [
        new("found", "found", counts => counts.Found),
        new("duplicate", "duplicates in the run", counts => counts.DuplicateInRun, ProposalOutcome.DuplicateInRun),
        new("suppressed", "suppressed: already at work", counts => counts.Suppressed, ProposalOutcome.Suppressed),
        new("refreshed", "renewed a waiting job", counts => counts.Refreshed, ProposalOutcome.Refreshed),
        new("over", "over the limit", counts => counts.OverLimit, ProposalOutcome.OverLimit),
        new("invalid", "invalid", counts => counts.Invalid, ProposalOutcome.Invalid),
        new("held", "not queued, other than duplicates", counts => counts.Suppressed + counts.Refreshed + counts.OverLimit + counts.Invalid,
            ProposalOutcome.Suppressed, ProposalOutcome.Refreshed, ProposalOutcome.OverLimit, ProposalOutcome.Invalid),
    ];

    public static ProposalOutcomes? Find(string? name) => All.FirstOrDefault(known => known.Name == name);
}

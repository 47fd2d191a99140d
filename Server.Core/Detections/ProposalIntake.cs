using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Detections;

/// <summary>Turns a batch of proposals into jobs: no second job for a key that is at work, no more than the limit, a trace of every decision.</summary>
public static class ProposalIntake
{
    public static void Take(Turn turn, Detection detection, ImmutableArray<Proposal> proposals, bool hasMore)
    {
        var counts = detection.Counts;
        var traced = detection.TracedSize;
        var seen = detection.SeenKeys.ToBuilder();
        var traces = ImmutableArray.CreateBuilder<ProposalTrace>(proposals.Length);
        foreach (var proposal in proposals)
        {
            var index = counts.Found;
            counts = counts with { Found = counts.Found + 1 };
            var (outcome, job, note) = Decide(turn, detection, proposal, counts, seen);
            counts = Count(counts, outcome);
            var trace = new ProposalTrace(index, proposal, outcome, job, note);
            traces.Add(Kept(trace, turn.Options, ref traced));
        }

        turn.Put(detection with { Status = DetectionStatus.Proposing, Counts = counts, SeenKeys = seen.ToImmutable(), TracedSize = traced });
        if (traces.Count > 0)
        {
            turn.Save(new Change.ProposalsSaved(detection.Id, traces.ToImmutable()));
        }

        var details = ConfigValues.From(
        [
            new("batch_size", new ConfigValue.Int64(proposals.Length)),
            new("has_more", new ConfigValue.Bool(hasMore)),
            new("summaries", new ConfigValue.TextList([.. proposals.Take(20).Select(proposal => proposal.Summary)])),
        ]);
        turn.Log(DetectionTransitions.Line(
            detection.JobType, detection.Id, detection.Worker, "detector", "proposals_batch", proposals.Length == 1 ? "1 proposal" : $"{proposals.Length} proposals") with
        { Details = details });
    }

    /// <summary>The key that tells twins apart: the given one, else the proposal's id; null when it has neither.</summary>
    public static string? KeyOf(Proposal proposal) =>
        proposal.DedupeKey.Length > 0 ? proposal.DedupeKey : proposal.ProposalId.Length > 0 ? proposal.ProposalId : null;

    /// <summary>Large parameters are kept once, with the job; what became no job keeps them while the trace of the detection is not too large.</summary>
    private static ProposalTrace Kept(ProposalTrace trace, AdminOptions options, ref long traced)
    {
        var size = ConfigValueSize.Of(trace.Proposal.Parameters);
        if (size <= options.InlinePayloadLimit)
        {
            return trace;
        }

        var isWithJob = trace.Outcome is ProposalOutcome.Queued or ProposalOutcome.Refreshed;
        if (!isWithJob && traced + size <= options.TraceLimit)
        {
            traced += size;
            return trace;
        }

        var note = isWithJob ? "its parameters are with the job" : "its parameters are not kept: those of this detection are too large";
        return trace with { Proposal = trace.Proposal with { Parameters = ConfigValues.Empty }, Note = trace.Note.Length > 0 ? $"{trace.Note}; {note}" : note };
    }

    private static (ProposalOutcome Outcome, JobId? Job, string Note) Decide(
        Turn turn, Detection detection, Proposal proposal, DetectionCounts counts, ImmutableHashSet<string>.Builder seen)
    {
        if (counts.Found > turn.Options.ProposalLimit)
        {
            return (ProposalOutcome.Invalid, null, $"a detection may bring {turn.Options.ProposalLimit} proposals");
        }

        if (proposal.Flaw.Length > 0)
        {
            return (ProposalOutcome.Invalid, null, proposal.Flaw);
        }

        var jobType = proposal.JobType.Length > 0 ? proposal.JobType : detection.JobType;
        if (!turn.State.JobTypes.ContainsKey(jobType))
        {
            return (ProposalOutcome.Invalid, null, $"no worker has ever offered the job type {jobType}");
        }

        var key = KeyOf(proposal);
        if (key is not null && !seen.Add($"{jobType}\n{key}"))
        {
            return (ProposalOutcome.DuplicateInRun, null, "the same key came earlier in this detection");
        }

        var type = turn.JobType(jobType);
        var twin = key is not null && type.Keys.TryGetValue(key, out var holder) ? turn.State.Jobs.GetValueOrDefault(holder) : null;
        var queues = detection.Mode is DetectionMode.Scheduled or DetectionMode.Run;
        if (twin is { State: JobState.Pending, Origin: JobOrigin.Detection })
        {
            if (queues)
            {
                JobFlow.Refresh(turn, Described(twin, proposal), PayloadOf(proposal));
            }

            return (ProposalOutcome.Refreshed, twin.Id, "a waiting job has this key and takes over the newer content");
        }

        if (twin is not null)
        {
            return (ProposalOutcome.Suppressed, twin.Id, "a job with this key is at work");
        }

        var taken = counts.Queued + counts.WouldQueue;
        if (detection.MaxResults > 0 && taken >= detection.MaxResults)
        {
            return (ProposalOutcome.OverLimit, null, $"limit of {detection.MaxResults} reached");
        }

        if (!queues)
        {
            return (ProposalOutcome.WouldQueue, null, "");
        }

        if (type.Counts.Pending >= type.Dispatch.QueueLimitOf(turn.Options))
        {
            return (ProposalOutcome.OverLimit, null, $"the queue of {jobType} is full");
        }

        var id = turn.Ids.DetectedJob(jobType, turn.Now);
        var job = Described(
            new Job
            {
                Id = id,
                JobType = jobType,
                Origin = JobOrigin.Detection,
                DedupeKey = key ?? id.Value,
                CreatedAt = turn.Now.Wall,
                UpdatedAt = turn.Now.Wall,
                DueAt = turn.Now.Wall,
                Detection = detection.Id,
                SubmittedBy = detection.By.Name,
                Cluster = detection.Cluster,
            },
            proposal);
        return (ProposalOutcome.Queued, JobFlow.Add(turn, job, PayloadOf(proposal)).Id, "");
    }

    private static Job Described(Job job, Proposal proposal) => job with
    {
        Priority = proposal.Priority,
        Summary = proposal.Summary,
        Labels = proposal.Labels,
        DueAt = proposal.NotBefore is { } start && start > job.CreatedAt ? start : job.Phase == JobPhase.Scheduled ? job.CreatedAt : job.DueAt,
        ExpiresAt = proposal.ExpiresAt,
        IsKeyless = proposal.DedupeKey.Length == 0,
        EstimatedRuntime = PayloadOf(proposal).EstimatedRuntime,
    };

    private static JobPayload PayloadOf(Proposal proposal) => new(proposal.Detail, proposal.Parameters);

    private static DetectionCounts Count(DetectionCounts counts, ProposalOutcome outcome) => outcome switch
    {
        ProposalOutcome.Queued => counts with { Queued = counts.Queued + 1 },
        ProposalOutcome.WouldQueue => counts with { WouldQueue = counts.WouldQueue + 1 },
        ProposalOutcome.Refreshed => counts with { Refreshed = counts.Refreshed + 1 },
        ProposalOutcome.Suppressed => counts with { Suppressed = counts.Suppressed + 1 },
        ProposalOutcome.DuplicateInRun => counts with { DuplicateInRun = counts.DuplicateInRun + 1 },
        ProposalOutcome.OverLimit => counts with { OverLimit = counts.OverLimit + 1 },
        _ => counts with { Invalid = counts.Invalid + 1 },
    };
}

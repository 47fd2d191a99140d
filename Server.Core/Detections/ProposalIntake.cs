using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;

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
        var cut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var given in proposals)
        {
            // Whoever keeps it must know by which form its secrets are named.
            var proposal = given.JobType.Length > 0 ? given : given with { JobType = detection.JobType };
            var index = counts.Found;
            counts = counts with { Found = counts.Found + 1 };
            var (outcome, job, note) = Decide(turn, detection, proposal, counts, seen);
            counts = Count(counts, outcome);
            if (outcome == ProposalOutcome.OverLimit && IsFull(turn, proposal.JobType))
            {
                cut[proposal.JobType] = cut.GetValueOrDefault(proposal.JobType) + 1;
            }

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
        foreach (var (type, count) in cut)
        {
            turn.Log(DetectionTransitions.Line(
                type, detection.Id, detection.Worker, "admin_scheduler", "queue_full",
                $"the queue of {type} is full ({turn.JobType(type).Dispatch.QueueLimitOf(turn.Options)} jobs wait): {(count == 1 ? "1 proposal was" : $"{count} proposals were")} cut") with
            { Severity = ActivitySeverity.Warning });
        }
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
                JobFlow.Refresh(turn, Described(turn, twin, proposal, detection.ForWorker), PayloadOf(proposal));
            }

            return (ProposalOutcome.Refreshed, twin.Id, queues ? "a waiting job has this key and takes over the newer content" : "a waiting job has this key");
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

        if (IsFull(turn, jobType))
        {
            return (ProposalOutcome.OverLimit, null, $"the queue of {jobType} is full");
        }

        var id = turn.Ids.DetectedJob(jobType, turn.Now);
        var job = Described(
            turn,
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
            proposal,
            detection.ForWorker);
        return (ProposalOutcome.Queued, JobFlow.Add(turn, job, PayloadOf(proposal)).Id, "");
    }

    private static bool IsFull(Turn turn, string jobType) => SubmitRules.Room(turn.State, turn.JobType(jobType), 1, turn.Options) is not null;

    /// <param name="only">What is its own, no other worker can do.</param>
    private static Job Described(Turn turn, Job job, Proposal proposal, WorkerId? only)
    {
        var due = proposal.NotBefore is { } start && start > job.CreatedAt ? start : job.Phase == JobPhase.Scheduled ? job.CreatedAt : job.DueAt;
        return job with
        {
            Priority = proposal.Priority,
            Summary = proposal.Summary,
            Labels = only is { } worker ? proposal.Labels.SetItem("require.worker_id", worker.Value) : proposal.Labels,
            DueAt = due,
            ExpiresAt = proposal.ExpiresAt ?? due + turn.JobType(job.JobType).Dispatch.QueueTtl,
            IsKeyless = proposal.DedupeKey.Length == 0,
            EstimatedRuntime = PayloadOf(proposal).EstimatedRuntime,
        };
    }

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

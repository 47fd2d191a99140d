using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>All rows, immutable: a commit swaps them whole, so it is all or none and readers never see half of one.</summary>
internal sealed record InMemoryTables
{
    private const int ProposalsKept = 10_000;

    public ImmutableDictionary<JobId, Job> Jobs { get; init; } = ImmutableDictionary<JobId, Job>.Empty;

    public ImmutableDictionary<JobId, JobPayload> Payloads { get; init; } = ImmutableDictionary<JobId, JobPayload>.Empty;

    public ImmutableDictionary<JobId, JobResult> Results { get; init; } = ImmutableDictionary<JobId, JobResult>.Empty;

    public ImmutableDictionary<JobId, ImmutableArray<Attempt>> Attempts { get; init; } = ImmutableDictionary<JobId, ImmutableArray<Attempt>>.Empty;

    public ImmutableDictionary<WorkerId, Worker> Workers { get; init; } = ImmutableDictionary<WorkerId, Worker>.Empty;

    public ImmutableDictionary<string, Descriptor> Descriptors { get; init; } = ImmutableDictionary<string, Descriptor>.Empty;

    public ImmutableDictionary<string, (DateTimeOffset At, WorkerId By)> Described { get; init; } = ImmutableDictionary<string, (DateTimeOffset, WorkerId)>.Empty;

    public ImmutableDictionary<string, Descriptor> KnownForms { get; init; } = ImmutableDictionary<string, Descriptor>.Empty;

    public ImmutableDictionary<string, ImmutableArray<ConfigDocument>> Configs { get; init; } = ImmutableDictionary<string, ImmutableArray<ConfigDocument>>.Empty;

    public ImmutableDictionary<string, ScheduleRow> Schedules { get; init; } = ImmutableDictionary<string, ScheduleRow>.Empty;

    public ImmutableDictionary<RequestId, Detection> Detections { get; init; } = ImmutableDictionary<RequestId, Detection>.Empty;

    public ImmutableDictionary<RequestId, ImmutableList<ProposalTrace>> Proposals { get; init; } = ImmutableDictionary<RequestId, ImmutableList<ProposalTrace>>.Empty;

    public ImmutableSortedDictionary<long, Activity> Activities { get; init; } = ImmutableSortedDictionary<long, Activity>.Empty;

    public ImmutableDictionary<string, long> Counters { get; init; } = ImmutableDictionary<string, long>.Empty;

    public LaneChanges? Lanes { get; init; }

    public ClusterSettings? Cluster { get; init; }

    public SchedulerPause? Pause { get; init; }

    public RetentionLimits? Retention { get; init; }

    public RetentionChange? RetentionChange { get; init; }

    public ImmutableSortedDictionary<string, SavedView>? SavedViews { get; init; }

    public ImmutableDictionary<string, BulkOperation> Operations { get; init; } = ImmutableDictionary<string, BulkOperation>.Empty;

    public ImmutableDictionary<ScheduleId, JobSchedule> JobSchedules { get; init; } = ImmutableDictionary<ScheduleId, JobSchedule>.Empty;

    public ImmutableArray<Attempt> AttemptsOf(JobId job) => Attempts.GetValueOrDefault(job, []);

    public static InMemoryTables Apply(InMemoryTables tables, Change change) => change switch
    {
        Change.JobSaved saved => tables with
        {
            Jobs = tables.Jobs.SetItem(saved.Job.Id, saved.Job),
            Payloads = saved.Payload is { } payload ? tables.Payloads.SetItem(saved.Job.Id, payload) : tables.Payloads,
            Results = saved.Result is { } result ? tables.Results.SetItem(saved.Job.Id, result) : tables.Results,
        },
        Change.AttemptSaved saved => tables with { Attempts = tables.Attempts.SetItem(saved.Job, With(tables.AttemptsOf(saved.Job), saved.Attempt)) },
        Change.WorkerSaved saved => tables with { Workers = tables.Workers.SetItem(saved.Worker.Id, saved.Worker) },
        Change.WorkerForgotten forgotten => tables with { Workers = tables.Workers.Remove(forgotten.Worker) },
        Change.JobForgotten forgotten => Without(tables, [forgotten.Job]),
        Change.JobTypeForgotten forgotten => Without(tables, forgotten.JobType),
        Change.LanesSaved saved => tables with { Lanes = saved.Lanes },
        Change.SchedulerSaved saved => tables with { Pause = saved.Pause },
        Change.RetentionSaved saved => tables with { Retention = saved.Limits, RetentionChange = saved.Change },
        Change.ClusterSaved saved => tables with { Cluster = saved.Cluster },
        Change.SavedViewsSaved saved => tables with { SavedViews = saved.Views },
        Change.OperationSaved saved => tables with { Operations = tables.Operations.SetItem(saved.Operation.Id, saved.Operation) },
        Change.OperationForgotten forgotten => tables with { Operations = tables.Operations.Remove(forgotten.Operation) },
        Change.DescriptorSaved saved => tables with { Descriptors = tables.Descriptors.SetItem(saved.Descriptor.JobType, saved.Descriptor), Described = tables.Described.SetItem(saved.Descriptor.JobType, (saved.At, saved.From)) },
        Change.FormsKnown known => tables with { KnownForms = tables.KnownForms.SetItem(known.Forms.JobType, known.Forms) },
        Change.ConfigSaved saved => tables with { Configs = tables.Configs.SetItem(saved.Config.JobType, tables.Configs.GetValueOrDefault(saved.Config.JobType, []).Add(saved.Config)) },
        Change.ScheduleSaved saved => tables with { Schedules = tables.Schedules.SetItem(saved.JobType, saved.Schedule) },
        Change.JobScheduleSaved saved => tables with { JobSchedules = tables.JobSchedules.SetItem(saved.Schedule.Id, saved.Schedule) },
        Change.JobScheduleForgotten forgotten => tables with { JobSchedules = tables.JobSchedules.Remove(forgotten.Schedule) },
        Change.DetectionSaved saved => tables with { Detections = tables.Detections.SetItem(saved.Detection.Id, saved.Detection) },
        Change.ProposalsSaved saved => tables with { Proposals = tables.Proposals.SetItem(saved.Detection, With(tables, saved)) },
        Change.ActivityAdded added => tables with { Activities = tables.Activities.SetItem(added.Activity.Sequence, added.Activity) },
        Change.CounterSaved saved => tables with { Counters = tables.Counters.SetItem(saved.Name, saved.Value) },
        Change.Pruned pruned => Pruned(tables, pruned.Limits, pruned.Now),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change.GetType().Name, "the store does not know this change"),
    };

    private static InMemoryTables Without(InMemoryTables tables, IReadOnlyCollection<JobId> jobs) => tables with
    {
        Jobs = tables.Jobs.RemoveRange(jobs),
        Payloads = tables.Payloads.RemoveRange(jobs),
        Results = tables.Results.RemoveRange(jobs),
        Attempts = tables.Attempts.RemoveRange(jobs),
    };

    private static InMemoryTables Without(InMemoryTables tables, string jobType)
    {
        var detections = tables.Detections.Values.Where(detection => detection.JobType == jobType).Select(detection => detection.Id).ToList();
        return Without(tables, [.. tables.Jobs.Values.Where(job => job.JobType == jobType).Select(job => job.Id)]) with
        {
            Detections = tables.Detections.RemoveRange(detections),
            Proposals = tables.Proposals.RemoveRange(detections),
            Schedules = tables.Schedules.Remove(jobType),
            Configs = tables.Configs.Remove(jobType),
            Descriptors = tables.Descriptors.Remove(jobType),
            Described = tables.Described.Remove(jobType),
            KnownForms = tables.KnownForms.Remove(jobType),
        };
    }

    private static ImmutableArray<Attempt> With(ImmutableArray<Attempt> attempts, Attempt attempt)
    {
        for (var n = attempts.Length - 1; n >= 0; n--)
        {
            if (attempts[n].RequestId == attempt.RequestId)
            {
                return attempts.SetItem(n, attempt);
            }
        }

        return attempts.Add(attempt);
    }

    private static ImmutableList<ProposalTrace> With(InMemoryTables tables, Change.ProposalsSaved saved)
    {
        var kept = tables.Proposals.GetValueOrDefault(saved.Detection, []);
        return kept.AddRange(saved.Proposals.Take(Math.Max(0, ProposalsKept - kept.Count)));
    }

    private static InMemoryTables Pruned(InMemoryTables tables, RetentionLimits limits, DateTimeOffset now)
    {
        var old = tables.Jobs.Values
            .Where(job => job.IsTerminal)
            .GroupBy(job => (job.JobType, job.State == JobState.Succeeded))
            .SelectMany(group => InMemoryHistory.Newest(group).Skip(limits.RunsKept))
            .Where(job => now - job.UpdatedAt > limits.Jobs && (job.SubmitKey is null || now - job.UpdatedAt > RetentionLimits.KeysKept))
            .Select(job => job.Id)
            .ToList();
        var detections = tables.Detections.Values
            .Where(detection => detection.SettledAt is not null)
            .GroupBy(detection => detection.JobType)
            .SelectMany(group => group.OrderByDescending(detection => detection.StartedAt).Skip(limits.DetectionsPerJobType))
            .Select(detection => detection.Id)
            .ToList();
        return Without(tables, old) with
        {
            Detections = tables.Detections.RemoveRange(detections),
            Proposals = tables.Proposals.RemoveRange(detections),
            Activities = tables.Activities.RemoveRange(tables.Activities.Keys.Take(Math.Max(0, tables.Activities.Count - limits.Activities))),
            Configs = tables.Configs.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.TakeLast(Math.Max(1, limits.ConfigVersions)).ToImmutableArray()),
        };
    }
}

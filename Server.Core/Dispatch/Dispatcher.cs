using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Links;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>Carries out a plan: assigns, persists, sends once that is durable.</summary>
public static class Dispatcher
{
    public static void Dispatch(Turn turn)
    {
        var plan = DispatchPlanner.Plan(turn.State, turn.Now);
        foreach (var (type, memory) in plan.Memories)
        {
            turn.Put(turn.JobType(type) with { Balance = memory });
        }

        foreach (var assignment in plan.Assignments)
        {
            var job = turn.State.Jobs[assignment.Job];
            var session = turn.State.Sessions[assignment.Session];
            var type = turn.JobType(job.JobType);
            var timeout = JobFlow.TimeoutOf(type, job, turn.Options);
            var request = turn.Ids.Request(RequestId.AttemptPrefix, turn.Now);
            var assign = new JobInput.Assign(request, session.Worker, session.Id, session.Generation, session.InstanceId, session.CanResume, timeout, type.Config?.Version ?? 0);
            if (JobFlow.Apply(turn, job, assign).Job is null)
            {
                continue;
            }

            turn.Put(turn.State.Sessions[session.Id] with { LastPicked = turn.Now.Stamp });
            var sent = turn.State.Jobs[job.Id];
            var runtime = RuntimePolicy.Overlay(type.Config?.Runtime, type.Descriptor?.RuntimeDefaults);
            turn.Send(session.Id, new Outbound.ExecuteJob(
                request,
                sent,
                sent.Attempts,
                session.Extensions.Count > 0 ? runtime with { ExecutionTimeoutSeconds = Seconds(timeout) } : runtime,
                DispatchFields.WithoutSettings(type.Descriptor, FormDefaults.Admin(type.Descriptor, type.Config?.AdminValues ?? ConfigValues.Empty)),
                FormDefaults.Worker(type.Descriptor, type.Config?.WorkerValues ?? ConfigValues.Empty),
                Clustered(turn, type, sent)));
        }
    }

    private static ClusterContext Clustered(Turn turn, JobType type, Job job)
    {
        var context = (job.Cluster ?? ClusterContext.Empty).FilledFrom(turn.State.Cluster.Context).Stamped();
        return type.Rules.Rate is { } share ? RateSharing.Apply(context, share, type) : context;
    }

    /// <summary>Workers of ours also enforce the effective timeout of each attempt, rounded up.</summary>
    private static int Seconds(TimeSpan timeout) => (int)Math.Min(int.MaxValue, Math.Ceiling(timeout.TotalSeconds));
}

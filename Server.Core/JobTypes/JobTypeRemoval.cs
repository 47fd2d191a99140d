using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Lanes;

namespace BlazorPluginAdmin.Server.Core.JobTypes;

/// <summary>Job types come with workers and stay; people put them away or delete them when no worker offers them and no job waits; deleted also when no schedule submits them.</summary>
public static class JobTypeRemoval
{
    public static Reply<string> Archive(Turn turn, ArchiveJobType command)
    {
        if (command.Archived && Refused(turn, command.JobType) is { } refusal)
        {
            return refusal;
        }

        if (!turn.State.JobTypes.TryGetValue(command.JobType, out var type))
        {
            return new Refusal(RefusalCode.NotFound, $"job type {command.JobType} is not known");
        }

        turn.Put(type, schedule => schedule with { ArchivedAt = command.Archived ? turn.Now.Wall : null });
        turn.Log(Line(command.By, command.JobType, command.Archived ? "archived" : "listed again"));
        return command.JobType;
    }

    public static Reply<string> Forget(Turn turn, ForgetJobType command)
    {
        if (Refused(turn, command.JobType) is { } refusal)
        {
            return refusal;
        }

        // Its form says which parameters of a schedule are secrets.
        if (turn.State.Schedules.All.Values.Where(schedule => schedule.Spec.Template.JobType == command.JobType).MinBy(schedule => schedule.Name) is { } user)
        {
            return new Refusal(RefusalCode.WrongState, $"schedule {user.Name} submits jobs of {command.JobType}; delete it first");
        }

        turn.Remove(turn.JobType(command.JobType));
        if (turn.State.Lanes.Changes is var changes && changes.Types.ContainsKey(command.JobType))
        {
            var left = changes with { Types = changes.Types.Remove(command.JobType) };
            turn.Save(new Change.LanesSaved(left));
            LaneSettingsTransitions.Apply(turn, left);
        }

        turn.Log(Line(command.By, command.JobType, "deleted with its config and its ended jobs"));
        return command.JobType;
    }

    /// <summary>A worker offers it: it is listed whatever anybody said before.</summary>
    public static void Offered(Turn turn, JobType type)
    {
        if (type.Schedule.ArchivedAt is not null)
        {
            turn.Put(type, schedule => schedule with { ArchivedAt = null });
        }
    }

    private static Refusal? Refused(Turn turn, string name)
    {
        if (!turn.State.JobTypes.TryGetValue(name, out var type))
        {
            return new Refusal(RefusalCode.NotFound, $"job type {name} is not known");
        }

        return type.Executors.Length + type.Detectors.Length > 0
            ? new Refusal(RefusalCode.WrongState, $"a connected worker offers {name}; stop it first")
            : type.Counts.Open > 0
                ? new Refusal(RefusalCode.WrongState, $"{type.Counts.Open} jobs of {name} have not ended; cancel them first")
                : null;
    }

    private static Activity Line(Actor by, string jobType, string what) =>
        new() { Sequence = 0, At = default, Source = "person", Stage = "job_type", Message = $"job type {jobType} {what}", JobType = jobType, Actor = by.Name };
}

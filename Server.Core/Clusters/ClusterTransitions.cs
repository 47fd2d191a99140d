using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Clusters;

/// <summary>Saves the addresses people enter. Each list holds what workers dial, as they want it.</summary>
/// <param name="Settings">Replaces the former ones whole.</param>
/// <param name="Expected">Those that were read; null: the last writer wins.</param>
public sealed record SaveClusterSettings(Actor By, ClusterSettings Settings, ClusterSettings? Expected = null) : Command<ClusterState>(By, Permission.SystemControl);

/// <summary>What is known of the cluster changes: by people, and by what those that watch it report.</summary>
public static class ClusterTransitions
{
    public static void Reported(Turn turn, ClusterInput input)
    {
        switch (input)
        {
            case ClusterInput.Looked looked:
                Looked(turn, looked.Report);
                break;
            case ClusterInput.Presence presence:
                PresenceChanged(turn, presence.HeldBy);
                break;
            case ClusterInput.LockTaken:
                LockTransitions.Took(turn);
                break;
            case ClusterInput.LockRefused refused:
                LockTransitions.Refused(turn, refused.Reason);
                break;
            case ClusterInput.LockLost lost:
                LockTransitions.Lost(turn, lost.Reason);
                break;
            case ClusterInput.LockReleased:
                LockTransitions.Released(turn);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "nobody takes this report");
        }
    }

    public static Reply<ClusterState> Save(Turn turn, SaveClusterSettings command)
    {
        var before = turn.State.Cluster.Settings;
        if (command.Expected?.IsSame(before) == false)
        {
            return new Refusal(RefusalCode.Conflict, $"the settings of the cluster were saved by {before.SavedBy} meanwhile; look at them and save again");
        }

        var errors = ClusterAddress.Check(command.Settings.Context);
        if (errors.Length > 0)
        {
            return new Refusal(RefusalCode.Invalid, errors.Length == 1 ? "one address is not valid" : $"{errors.Length} addresses are not valid", errors);
        }

        var settings = command.Settings with { SavedAt = turn.Now.Wall, SavedBy = command.By.Name };
        turn.Put(turn.State.Cluster with { Settings = settings });
        turn.Save(new Change.ClusterSaved(settings));
        turn.Log(Line("person", "cluster", "the addresses of the cluster were saved", ActivitySeverity.Normal) with { Actor = command.By.Name });
        return turn.State.Cluster;
    }

    private static void Looked(Turn turn, ClusterReport report)
    {
        var before = turn.State.Cluster.Report;
        turn.Put(turn.State.Cluster with { Report = report, ProblemSince = report.Problem.Length == 0 ? null : turn.State.Cluster.ProblemSince ?? turn.Now.Wall });
        if (report.Problem.Length > 0 && before?.Problem != report.Problem)
        {
            turn.Log(Line("admin", "cluster", $"the cluster cannot be looked up: {report.Problem}", ActivitySeverity.Bad));
        }
        else if (report.Problem.Length == 0 && (before is null or { Problem.Length: > 0 }))
        {
            turn.Log(Line("admin", "cluster", $"the cluster answers: {string.Join(", ", report.Context.MasterGrpcAddresses)}", ActivitySeverity.Good));
        }
        else if (before is not null && !before.Context.MasterGrpcAddresses.SequenceEqual(report.Context.MasterGrpcAddresses))
        {
            turn.Log(Line("admin", "cluster", $"the leader of the cluster is now {string.Join(", ", report.Context.MasterGrpcAddresses)}", ActivitySeverity.Warning));
        }
    }

    private static void PresenceChanged(Turn turn, string heldBy)
    {
        var before = turn.State.Cluster.HeldBy;
        turn.Put(turn.State.Cluster with { HeldBy = heldBy, HeldSince = heldBy == before ? turn.State.Cluster.HeldSince : turn.Now.Wall });
        if (heldBy.Length > 0 && heldBy != before)
        {
            turn.Log(Line("admin", "cluster", $"another admin schedules this cluster's work: {heldBy}; locked lanes pause here", ActivitySeverity.Warning));
        }
        else if (heldBy.Length == 0 && before is { Length: > 0 })
        {
            turn.Log(Line("admin", "cluster", "this admin schedules the cluster's work now", ActivitySeverity.Good));
        }
    }

    private static Activity Line(string source, string stage, string message, ActivitySeverity severity) => new()
    {
        Sequence = 0,
        At = default,
        Source = source,
        Stage = stage,
        Message = message,
        Severity = severity,
    };
}

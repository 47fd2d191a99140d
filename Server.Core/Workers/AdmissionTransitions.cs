using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>Whom people let in. A worker that is not let in is told so by the end of its stream, and dials again by itself.</summary>
public static class AdmissionTransitions
{
    /// <summary>Ids that wait for a judgement; more are refused without being listed.</summary>
    private const int MostWaiting = 1000;

    /// <summary>True: this hello is refused.</summary>
    public static bool Refuses(Turn turn, WorkerInput.Hello hello)
    {
        var known = turn.State.Workers.GetValueOrDefault(hello.Worker);
        var admission = known?.Admission ?? Admission.Unjudged;
        if (admission == Admission.Approved || (admission == Admission.Unjudged && !turn.Options.ApproveWorkers))
        {
            return false;
        }

        if (admission == Admission.Unjudged)
        {
            Ask(turn, known, hello);
        }

        var why = admission == Admission.Denied
            ? $"worker {hello.Worker} was denied by a person"
            : $"worker {hello.Worker} waits for approval; approve it on the page Workers";
        turn.Close(hello.Session, SessionEndCode.NotAdmitted, why);
        RefusedHello.Note(turn, hello.Worker.Value, hello.RemoteAddress, why);
        return true;
    }

    public static Reply<Worker> Admit(Turn turn, AdmitWorker command)
    {
        var known = turn.State.Workers.GetValueOrDefault(command.Worker) ?? new Worker { Id = command.Worker, FirstSeenAt = turn.Now.Wall };
        var judged = known with { Admission = command.Allowed ? Admission.Approved : Admission.Denied };
        if (!command.Allowed && known.Session is { } id && turn.State.Sessions.GetValueOrDefault(id) is { } session)
        {
            turn.Put(judged);
            turn.Close(id, SessionEndCode.NotAdmitted, $"worker {known.Id} was denied by a person");
            SessionTransitions.End(turn, session, $"denied by {command.By.Name}");
        }
        else
        {
            turn.Put(judged with { DisconnectReason = known.Session is null ? command.Allowed ? "approved; it has not dialled since" : $"denied by {command.By.Name}" : known.DisconnectReason });
        }

        turn.Log(SessionTransitions.Line(known, command.Allowed ? "approved" : "denied", $"{known.Id} {(command.Allowed ? "approved" : "denied")}{(command.Reason.Length > 0 ? $": {command.Reason}" : "")}", ActivitySeverity.Normal) with
        { Source = "person", Actor = command.By.Name });
        return turn.State.Workers[known.Id];
    }

    private static void Ask(Turn turn, Worker? known, WorkerInput.Hello hello)
    {
        var waiting = $"waits for approval, last from {hello.RemoteAddress}";
        if (known is { Session: null } && known.DisconnectReason == waiting)
        {
            return;
        }

        var listed = turn.State.Workers.Values.Count(worker => worker is { Admission: Admission.Unjudged, Session: null });
        if (known is null && listed >= MostWaiting)
        {
            return;
        }

        var worker = (known ?? new Worker { Id = hello.Worker, FirstSeenAt = turn.Now.Wall }) with
        {
            Address = hello.Address,
            WorkerVersion = hello.WorkerVersion,
            ProtocolVersion = hello.ProtocolVersion,
            DisconnectedAt = turn.Now.Wall,
            LastSeenAt = turn.Now.Wall,
            DisconnectReason = waiting,
        };
        turn.Put(worker);
        turn.Log(SessionTransitions.Line(worker, "waits_for_approval", $"{worker.Id} asks from {hello.RemoteAddress} to be let in", ActivitySeverity.Warning));
    }
}

using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>Routes an input to the transition of its room. Returns the reply of a command, else null.</summary>
public static class Step
{
    public static object? Apply(Turn turn, Input input)
    {
        switch (input)
        {
            case WorkerInput worker:
                Reported(turn, worker);
                return null;
            case ClusterInput report:
                ClusterTransitions.Reported(turn, report);
                return null;
            case RequestDetection command:
                return DetectionStarts.Request(turn, command);
            case CancelDetection command:
                return DetectionTransitions.Cancel(turn, command);
            case SaveConfig command:
                return ConfigTransitions.Save(turn, command);
            case SaveDispatch command:
                return ConfigTransitions.SaveDispatch(turn, command);
            case RefreshSchema command:
                return SchemaTransitions.Refresh(turn, command);
            case PauseScheduler command:
                return SchedulerPauses.Pause(turn, command);
            case SaveRetention command:
                return RetentionTransitions.Save(turn, command);
            case SecretsLost lost:
                LostSecrets.Note(turn, lost);
                return null;
            case NoteBackup command:
                return BackupNotes.Note(turn, command);
            case PauseJobType command:
                return PauseTransitions.Pause(turn, command);
            case SubmitJob command:
                return JobRequests.Submit(turn, command);
            case SubmitGroup command:
                return GroupRequests.Submit(turn, command);
            case CancelGroup command:
                return GroupRequests.Cancel(turn, command);
            case CancelJob command:
                return JobRequests.Cancel(turn, command);
            case RetryNow command:
                return JobRequests.RetryNow(turn, command);
            case ExpireJob command:
                return JobRequests.Expire(turn, command);
            case UpdateJob command:
                return JobRequests.Update(turn, command);
            case SetPriority command:
                return JobRequests.SetPriority(turn, command);
            case DrainWorker command:
                return WorkerTransitions.Drain(turn, command);
            case EnableJobType command:
                return ConfigTransitions.Enable(turn, command);
            case AcceptForms command:
                return SchemaTransitions.Accept(turn, command);
            case RevealField command:
                return SchemaTransitions.Reveal(turn, command);
            case SetTimetable command:
                return TimetableTransitions.Set(turn, command);
            case SaveSchedule command:
                return ScheduleTransitions.Save(turn, command);
            case DeleteSchedule command:
                return ScheduleTransitions.Delete(turn, command);
            case PauseSchedule command:
                return ScheduleTransitions.Pause(turn, command);
            case ResumeSchedule command:
                return ScheduleTransitions.Resume(turn, command);
            case RunScheduleNow command:
                return ScheduleTransitions.RunNow(turn, command);
            case AdmitWorker command:
                return AdmissionTransitions.Admit(turn, command);
            case PingWorker command:
                return PingTransitions.Ask(turn, command);
            case MuteFailure command:
                return Mutes.Set(turn, command);
            case ForgetWorker command:
                return WorkerTransitions.Forget(turn, command);
            case ArchiveJobType command:
                return JobTypeRemoval.Archive(turn, command);
            case ForgetJobType command:
                return JobTypeRemoval.Forget(turn, command);
            case SetLabels command:
                return JobRequests.SetLabels(turn, command);
            case StartBulk command:
                return OperationTransitions.Start(turn, command);
            case StopBulk command:
                return OperationTransitions.Stop(turn, command);
            case AdvanceBulk command:
                return OperationTransitions.Advance(turn, command);
            case SaveView command:
                return ViewTransitions.Save(turn, command);
            case DeleteView command:
                return ViewTransitions.Delete(turn, command);
            case ForgetJob command:
                return JobRequests.Forget(turn, command);
            case SaveClusterSettings command:
                return ClusterTransitions.Save(turn, command);
            case SaveLane command:
                return LaneSettingsTransitions.Save(turn, command);
            case ResetLane command:
                return LaneSettingsTransitions.Reset(turn, command);
            case PlaceJobType command:
                return LaneSettingsTransitions.Place(turn, command);
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "no room takes this input");
        }
    }

    /// <summary>Everything whose time has come, earliest first.</summary>
    public static void Tick(Turn turn)
    {
        // Bounded: what a thing does may make something else due now, but never itself again at the same stamp.
        for (var left = 10_000; left > 0 && !turn.State.Agenda.IsEmpty && turn.State.Agenda.Min.At <= turn.Now.Stamp; left--)
        {
            var due = turn.State.Agenda.Min;
            switch (due.Kind)
            {
                case AppointmentKind.JobDue:
                    JobDue(turn, new JobId(due.Subject));
                    break;
                case AppointmentKind.DetectionDeadline:
                    DetectionTransitions.DeadlineCame(turn, turn.State.Detections[new RequestId(due.Subject)]);
                    break;
                case AppointmentKind.SessionDue:
                    SessionTransitions.Due(turn, new SessionId(long.Parse(due.Subject, System.Globalization.CultureInfo.InvariantCulture)));
                    break;
                case AppointmentKind.JobTypeDue:
                    PauseTransitions.Due(turn, turn.JobType(due.Subject));
                    break;
                case AppointmentKind.SchedulerDue:
                    SchedulerPauses.Due(turn);
                    break;
                case AppointmentKind.ScheduleDue:
                    ScheduleRuns.Due(turn, turn.State.Schedules.All[new ScheduleId(due.Subject)]);
                    break;
                case AppointmentKind.LaneDue or AppointmentKind.LockDue:
                    // What has come is judged once a round, after everything that came with it.
                    turn.Forget(due);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(turn), due.Kind, "no room knows this appointment");
            }
        }
    }

    private static void JobDue(Turn turn, JobId id)
    {
        var job = turn.State.Jobs[id];
        if (JobDeadlines.Due(job, turn.Now) is { } input)
        {
            JobFlow.Apply(turn, job, input);
        }
        else
        {
            turn.Rearm(job);
        }
    }

    private static void Reported(Turn turn, WorkerInput input)
    {
        if (input is WorkerInput.Hello hello)
        {
            WorkerTransitions.Greeted(turn, hello);
            return;
        }

        if (input is WorkerInput.SentAway away)
        {
            RefusedHello.Note(turn, away.Worker, away.RemoteAddress, away.Why);
            return;
        }

        if (turn.State.Sessions.GetValueOrDefault(input.Session) is not { } session)
        {
            // The session ended before this was read: replaced, lost, or over.
            return;
        }

        if (input is WorkerInput.Ended ended)
        {
            SessionTransitions.End(turn, session, ended.Reason);
            return;
        }

        WorkerTransitions.Heard(turn, session);
        session = turn.State.Sessions[session.Id];
        switch (input)
        {
            case WorkerInput.Beat beat:
                WorkerTransitions.Beat(turn, session, beat.Heartbeat);
                break;
            case WorkerInput.Acknowledged ack:
                JobReports.Acknowledged(turn, session, ack);
                break;
            case WorkerInput.Ponged pong:
                PingTransitions.Answered(turn, session, pong.Nonce);
                break;
            case WorkerInput.SchemaAnswered answer when PingTransitions.Answered(turn, session, answer.RequestId):
                break;
            case WorkerInput.SchemaAnswered answer:
                SchemaTransitions.Answered(turn, session, answer);
                break;
            case WorkerInput.Proposed batch:
                DetectionTransitions.Proposed(turn, session, batch);
                break;
            case WorkerInput.DetectionEnded end:
                DetectionTransitions.Ended(turn, session, end);
                break;
            case WorkerInput.Progressed { Job: null } progress:
                DetectionTransitions.Progressed(turn, session, progress);
                break;
            case WorkerInput.Progressed progress:
                JobReports.Progressed(turn, session, progress);
                break;
            case WorkerInput.Completed completed:
                JobReports.Completed(turn, session, completed);
                break;
            case WorkerInput.OutputCame came:
                JobReports.OutputCame(turn, session, came);
                break;
            case WorkerInput.OutputDropped dropped:
                JobReports.OutputDropped(turn, session, dropped);
                break;
            case WorkerInput.NotSent notSent:
                NotSent(turn, session, notSent.Message);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "no room takes this report");
        }
    }

    private static void NotSent(Turn turn, Session session, Outbound message)
    {
        if (message is Outbound.ExecuteJob execute && session.Held.ContainsKey(execute.RequestId))
        {
            // The stream is about to end; until it has, it is not offered the job again.
            turn.Put(session with { CapacityPauseUntil = turn.Now.Stamp + turn.Options.ReconnectDelay });
            JobFlow.Apply(turn, turn.State.Jobs[execute.Job.Id], new JobInput.NotSent());
        }
    }
}

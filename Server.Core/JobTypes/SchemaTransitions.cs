using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.JobTypes;

/// <summary>Fetches descriptors: on connect, one at a time by name; on demand; a newer or different one replaces the stored one.</summary>
public static class SchemaTransitions
{
    /// <summary>Asks the worker for the descriptors of these types, after those it is already being asked for.</summary>
    public static void Fetch(Turn turn, SessionId id, IEnumerable<string> jobTypes)
    {
        var session = turn.State.Sessions[id];
        var queue = session.SchemaQueue;
        foreach (var name in jobTypes.Order(StringComparer.Ordinal))
        {
            queue = queue.Enqueue(name);
        }

        turn.Put(session with { SchemaQueue = queue });
        AskNext(turn, id);
    }

    public static Reply<SchemaRefresh> Refresh(Turn turn, RefreshSchema command)
    {
        var type = turn.JobType(command.JobType);
        if (!command.Force && type.Descriptor is not null)
        {
            return new SchemaRefresh(command.JobType, null);
        }

        var provider = type.Detectors.Concat(type.Executors)
            .Select(id => turn.State.Sessions[id])
            .OrderByDescending(session => type.Detectors.Contains(session.Id))
            .ThenBy(session => session.Held.Count)
            .ThenBy(session => session.Worker)
            .FirstOrDefault();
        if (provider is null)
        {
            return new Refusal(RefusalCode.Unavailable, $"no worker available for schema job_type={command.JobType}");
        }

        Fetch(turn, provider.Id, [command.JobType]);
        return new SchemaRefresh(command.JobType, turn.State.Sessions[provider.Id].SchemaRequest);
    }

    public static Reply<Descriptor> Accept(Turn turn, AcceptForms command)
    {
        if (turn.State.JobTypes.GetValueOrDefault(command.JobType) is not { Descriptor: { } descriptor } type)
        {
            return new Refusal(RefusalCode.NotFound, $"there is no form of {command.JobType} yet");
        }

        turn.Put(ConfigTransitions.Known(turn, type));
        return descriptor;
    }

    public static Reply<Descriptor> Reveal(Turn turn, RevealField command)
    {
        if (turn.State.JobTypes.GetValueOrDefault(command.JobType) is not { Descriptor: { } descriptor } type)
        {
            return new Refusal(RefusalCode.NotFound, $"there is no form of {command.JobType} yet");
        }

        if (SecretFields.Reveal(descriptor, command.Form, command.Field) is not { } revealed)
        {
            return new Refusal(RefusalCode.WrongState, $"{command.Field} is a secret because its worker says so, or no secret at all");
        }

        turn.Save(new Change.DescriptorSaved(revealed, turn.Now.Wall, type.DescribedBy ?? new WorkerId(command.By.Name)));
        turn.Put(type with { Descriptor = revealed });
        turn.Log(new Activity { Sequence = 0, At = default, Source = "person", Stage = "schema", Message = $"{command.Field} of {command.JobType} is no secret any more", JobType = command.JobType, Actor = command.By.Name });
        return revealed;
    }

    public static void Answered(Turn turn, Session session, WorkerInput.SchemaAnswered answer)
    {
        if (session.SchemaRequest == answer.RequestId)
        {
            turn.Put(session with { SchemaRequest = null, SchemaDeadline = null, SchemaJobType = "" });
            AskNext(turn, session.Id);
        }

        var name = answer.JobType.Length > 0 ? answer.JobType : answer.Descriptor?.JobType ?? "";
        if (!answer.Success || answer.Descriptor is not { } descriptor)
        {
            turn.Log(Line(session, name, $"no descriptor of {name}: {(answer.Error.Length > 0 ? answer.Error : "the worker sent none")}", ActivitySeverity.Warning));
            return;
        }

        if (!turn.State.Workers[session.Worker].Capabilities.ContainsKey(descriptor.JobType))
        {
            turn.Log(Line(session, name, $"{session.Worker} described {descriptor.JobType}, which it does not offer; ignored", ActivitySeverity.Warning));
            return;
        }

        var limits = DescriptorLimits.Check(descriptor);
        if (limits.Refused)
        {
            turn.Log(Line(session, name, $"descriptor of {descriptor.JobType} refused: {limits.Reason}", ActivitySeverity.Bad));
            return;
        }

        Accept(turn, session, limits.Descriptor);
    }

    public static void TimedOut(Turn turn, Session session)
    {
        turn.Log(Line(session, session.SchemaJobType, $"{session.Worker} did not answer for the descriptor of {session.SchemaJobType}", ActivitySeverity.Warning));
        turn.Put(session with { SchemaRequest = null, SchemaDeadline = null, SchemaJobType = "" });
        AskNext(turn, session.Id);
    }

    /// <summary>A type that detects by itself and never did gets its first run soon after it is ready; the next ones are stored.</summary>
    public static void Scheduled(Turn turn, string name)
    {
        var type = turn.JobType(name);
        if (DetectionSchedule.IsScheduled(type) && type.Schedule.NextAt is null)
        {
            var soon = turn.Now.Wall + turn.Options.FirstDetectionDelay;
            turn.Put(type, schedule => schedule with { NextAt = type.Timetable.Cron.Length > 0 ? type.NextAfter(turn.Now.Wall) : soon });
        }
    }

    private static void Accept(Turn turn, Session session, Descriptor described)
    {
        var type = turn.JobType(described.JobType);
        var isOneOfSeveral = type.Executors.Concat(type.Detectors).Any(id => turn.State.Sessions[id].Worker != session.Worker);
        var descriptor = SecretFields.Keep(type.Descriptor, isOneOfSeveral && type.Descriptor?.Version == described.Version ? SubmitOptions.Join(type.Descriptor, described) : described);
        var same = type.Descriptor is not null && DescriptorJson.Write(type.Descriptor) == DescriptorJson.Write(descriptor);
        if (same || descriptor.Version < type.Descriptor?.Version)
        {
            return;
        }

        var changed = type.Descriptor is not null;
        turn.Save(new Change.DescriptorSaved(descriptor, turn.Now.Wall, session.Worker));
        turn.Put((type.Config is null || type.KnownForms is not null ? type : ConfigTransitions.Known(turn, type)) with { Descriptor = descriptor, DescribedAt = turn.Now.Wall, DescribedBy = session.Worker, Policy = RuntimePolicy.Resolve(type.Config?.Runtime, descriptor.RuntimeDefaults), Dispatch = DispatchFields.Resolve(descriptor, type.Config), PausedByForm = DispatchFields.Pauses(descriptor, type.Config) });
        ConfigTransitions.Reorder(turn, type);
        turn.Log(Line(session, descriptor.JobType, changed ? $"descriptor of {descriptor.JobType} changed (version {descriptor.Version})" : $"descriptor of {descriptor.JobType} stored", ActivitySeverity.Normal));
        ConfigTransitions.Bootstrap(turn, descriptor);
        Scheduled(turn, descriptor.JobType);
    }

    private static void AskNext(Turn turn, SessionId id)
    {
        var session = turn.State.Sessions[id];
        if (session.SchemaRequest is not null || session.SchemaQueue.IsEmpty)
        {
            return;
        }

        var queue = session.SchemaQueue.Dequeue(out var name);
        var request = turn.Ids.Request("schema", turn.Now);
        turn.Put(session with
        {
            SchemaQueue = queue,
            SchemaRequest = request,
            SchemaJobType = name,
            SchemaDeadline = turn.Now.Stamp + turn.Options.SchemaTimeout,
        });
        turn.Send(id, new Outbound.RequestSchema(request, name, ForceRefresh: true));
    }

    private static Activity Line(Session session, string jobType, string message, ActivitySeverity severity) => new()
    {
        Sequence = 0,
        At = default,
        Source = "admin",
        Stage = "schema",
        Message = message,
        Severity = severity,
        JobType = jobType,
        Worker = session.Worker,
    };
}

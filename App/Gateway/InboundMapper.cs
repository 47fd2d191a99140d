using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>What a worker said → input. Cuts and bounds; decides nothing.</summary>
public static class InboundMapper
{
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <summary>Null for bodies that are not for the engine or not known.</summary>
    public static WorkerInput? ToInput(SessionId session, string peer, Wire.WorkerToAdminMessage message, DateTimeOffset now) => message.BodyCase switch
    {
        Body.Hello => Hello(session, peer, message.Hello),
        Body.Heartbeat => new WorkerInput.Beat(session, Beat(message.Heartbeat, now) with { Skew = Instant(message.SentAt) - now }),
        Body.Pong => new WorkerInput.Ponged(session, message.Pong.Nonce),
        Body.Acknowledge => new WorkerInput.Acknowledged(
            session, Request(message.Acknowledge.RequestId), message.Acknowledge.Accepted, WireLimits.Cut(message.Acknowledge.Message, WireLimits.Message)),
        Body.ConfigSchemaResponse => Schema(session, message.ConfigSchemaResponse),
        Body.DetectionProposals => Proposals(session, message.DetectionProposals),
        Body.DetectionComplete => new WorkerInput.DetectionEnded(
            session,
            Request(message.DetectionComplete.RequestId),
            WireLimits.Cut(message.DetectionComplete.JobType, WireLimits.JobType),
            message.DetectionComplete.Success,
            WireLimits.Cut(message.DetectionComplete.ErrorMessage, WireLimits.ErrorText),
            message.DetectionComplete.TotalProposals),
        Body.JobProgressUpdate => Progress(session, message.JobProgressUpdate),
        Body.JobCompleted => Completed(session, message.JobCompleted),
        _ => null,
    };

    private static WorkerInput.Hello Hello(SessionId session, string peer, Wire.WorkerHello hello) => new(
        session,
        new WorkerId(hello.WorkerId),
        WireLimits.Cut(hello.WorkerInstanceId, WireLimits.ShortText),
        WireLimits.Cut(hello.Address, WireLimits.ShortText),
        peer,
        WireLimits.Cut(hello.WorkerVersion, WireLimits.ShortText),
        WireLimits.Cut(hello.ProtocolVersion, WireLimits.ShortText),
        [.. Offered(hello).Select(Capability)],
        Texts(hello.Metadata, WireLimits.Metadata, WireLimits.MetadataValue),
        [.. hello.RunningWork.Take(WireLimits.RunningWork).Select(Work)])
    {
        Skipped = hello.Capabilities.Count - Offered(hello).Count(),
    };

    private static IEnumerable<Wire.JobTypeCapability> Offered(Wire.WorkerHello hello) =>
        hello.Capabilities.Where(capability => WireLimits.IsName(capability.JobType, WireLimits.JobType)).Take(WireLimits.Capabilities);

    private static Capability Capability(Wire.JobTypeCapability capability) => new(
        capability.JobType,
        capability.CanDetect,
        capability.CanExecute,
        Math.Max(0, capability.MaxDetectionConcurrency),
        Math.Max(0, capability.MaxExecutionConcurrency),
        WireLimits.Cut(capability.DisplayName, WireLimits.Title),
        WireLimits.Cut(capability.Description, WireLimits.Message),
        capability.Weight);

    private static Heartbeat Beat(Wire.WorkerHeartbeat beat, DateTimeOffset now) => new(
        now,
        [.. beat.RunningWork.Take(WireLimits.RunningWork).Select(Work)],
        Math.Max(0, beat.DetectionSlotsUsed),
        Math.Max(0, beat.DetectionSlotsTotal),
        Math.Max(0, beat.ExecutionSlotsUsed),
        Math.Max(0, beat.ExecutionSlotsTotal),
        Texts(beat.Metadata, WireLimits.Metadata, WireLimits.MetadataValue))
    {
        QueuedJobsByType = beat.QueuedJobsByType
            .Where(pair => WireLimits.IsName(pair.Key, WireLimits.JobType))
            .Take(WireLimits.Capabilities)
            .ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    private static RunningWork Work(Wire.RunningWork work) => new(
        WireLimits.Cut(work.WorkId, WireLimits.Id),
        work.Kind == Wire.WorkKind.Detection,
        WireLimits.Cut(work.JobType, WireLimits.JobType),
        Percent(work.ProgressPercent),
        WireLimits.Cut(work.Stage, WireLimits.ShortText),
        work.RequestId.Length > 0 ? Request(work.RequestId) : null)
    {
        State = (int)work.State,
    };

    private static WorkerInput.SchemaAnswered Schema(SessionId session, Wire.ConfigSchemaResponse answer) => new(
        session,
        Request(answer.RequestId),
        WireLimits.Cut(answer.JobType, WireLimits.JobType),
        answer.Success,
        WireLimits.Cut(answer.ErrorMessage, WireLimits.ErrorText),
        answer.JobTypeDescriptor is { } descriptor ? DescriptorMapper.ToCore(descriptor, answer.JobType) : null);

    private static WorkerInput.Proposed Proposals(SessionId session, Wire.DetectionProposals batch) => new(
        session, Request(batch.RequestId), WireLimits.Cut(batch.JobType, WireLimits.JobType), [.. batch.Proposals.Select(Proposal)], batch.HasMore);

    private static Proposal Proposal(Wire.JobProposal proposal)
    {
        var flaw = proposal.JobType.Length > 0 && !WireLimits.IsName(proposal.JobType, WireLimits.JobType) ? $"its job type is no name: {WireLimits.NameRule}"
            : proposal.Parameters.Count > WireLimits.Values ? $"it has {proposal.Parameters.Count} parameters, at most {WireLimits.Values} are taken"
            : proposal.CalculateSize() > WireLimits.ParametersSize ? "its parameters are larger than 4 MiB"
            : "";
        return new Proposal(
            WireLimits.Cut(proposal.ProposalId, WireLimits.ShortText),
            Key(proposal.DedupeKey),
            WireLimits.Cut(proposal.JobType, WireLimits.JobType),
            WirePriority.ToCore(proposal.Priority),
            WireLimits.Cut(proposal.Summary, WireLimits.Message),
            WireLimits.Cut(proposal.Detail, WireLimits.ErrorText),
            flaw.Length > 0 ? ConfigValues.Empty : ConfigValueMapper.ToCore(proposal.Parameters),
            Texts(proposal.Labels, WireLimits.Labels, WireLimits.LabelValue),
            Instant(proposal.NotBefore),
            Instant(proposal.ExpiresAt))
        {
            Flaw = flaw,
        };
    }

    private static WorkerInput.Progressed Progress(SessionId session, Wire.JobProgressUpdate update) => new(
        session,
        Request(update.RequestId),
        update.JobId.Length > 0 ? Job(update.JobId) : null,
        WireLimits.Cut(update.JobType, WireLimits.JobType),
        Percent(update.ProgressPercent),
        WireLimits.Cut(update.Stage, WireLimits.ShortText),
        WireLimits.Cut(update.Message, WireLimits.Message),
        Activities(update.Activities))
    {
        Metrics = Details(update.Metrics),
    };

    private static WorkerInput.Completed Completed(SessionId session, Wire.JobCompleted completed)
    {
        // Ahead of the worker's own lines, because it says what is missing.
        var activities = Activities(completed.Activities);
        var outputs = completed.Result?.OutputValues ?? [];
        if (completed.Result is { } result && (result.CalculateSize() - result.Summary.Length > WireLimits.ResultSize || outputs.Count > WireLimits.Values))
        {
            outputs = [];
            activities = activities.Insert(0, new WorkerActivity("admin", $"its output values were left out: at most {WireLimits.Values} values and 1 MiB are kept", "result", ConfigValues.Empty));
        }

        return new WorkerInput.Completed(
            session,
            Request(completed.RequestId),
            Job(completed.JobId),
            WireLimits.Cut(completed.JobType, WireLimits.JobType),
            completed.Success,
            WireLimits.Cut(completed.ErrorMessage, WireLimits.ErrorText),
            new JobResult(WireLimits.Cut(completed.Result?.Summary ?? "", WireLimits.Message), ConfigValueMapper.ToCore(outputs)),
            activities,
            Instant(completed.CompletedAt));
    }

    private static ImmutableArray<WorkerActivity> Activities(RepeatedField<Wire.ActivityEvent> events) =>
    [
        .. events.Take(WireLimits.Activities).Select(activity => new WorkerActivity(
            activity.Source switch
            {
                Wire.ActivitySource.Admin => "admin",
                Wire.ActivitySource.Detector => "detector",
                Wire.ActivitySource.Executor => "executor",
                _ => "unspecified",
            },
            WireLimits.Cut(activity.Message, WireLimits.Message),
            WireLimits.Cut(activity.Stage, WireLimits.ShortText),
            Details(activity.Details))),
    ];

    /// <summary>Values nobody needs to do the work, or else a word about them: a worker may not fill the admin with them.</summary>
    internal static ConfigValues Bounded(MapField<string, Wire.ConfigValue> wire, int most)
    {
        var values = ConfigValueMapper.ToCore(wire);
        return ConfigValueSize.Of(values) <= most
            ? values
            : ConfigValues.Empty.With("left_out", new ConfigValue.Text($"{values.Count} values, more than {most} characters"));
    }

    private static ConfigValues Details(MapField<string, Wire.ConfigValue> wire) => Bounded(wire, WireLimits.DetailsSize);

    internal static RequestId Request(string id) => new(WireLimits.Cut(id, WireLimits.Id));

    internal static JobId Job(string id) => new(WireLimits.Cut(id, WireLimits.Id));

    private static ImmutableSortedDictionary<string, string> Texts(MapField<string, string> texts, int most, int longest)
    {
        var taken = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in texts.Take(most))
        {
            // Two keys may be the same once they are cut.
            taken[WireLimits.Cut(key, WireLimits.LabelValue)] = WireLimits.Cut(value, longest);
        }

        return taken.ToImmutable();
    }

    private static double Percent(double percent) => double.IsFinite(percent) ? Math.Clamp(percent, 0, 100) : 0;

    /// <summary>A key that is too long for an index is replaced by its hash, so that it still tells twins apart.</summary>
    private static string Key(string key) => key.Length <= WireLimits.DedupeKey
        ? key
        : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    /// <summary>A worker's clock may say anything; what no calendar has is not said.</summary>
    internal static DateTimeOffset? Instant(Timestamp? stamp) =>
        stamp is null || stamp.Seconds <= 0 || stamp.Seconds > 253_402_300_799 || stamp.Nanos is < 0 or > 999_999_999 ? null : Earliest.AddSeconds(stamp.Seconds).AddTicks(stamp.Nanos / 100);
}

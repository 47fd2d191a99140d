using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
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
        Body.Heartbeat => new WorkerInput.Beat(session, Beat(message.Heartbeat, now)),
        Body.Acknowledge => new WorkerInput.Acknowledged(
            session, new RequestId(message.Acknowledge.RequestId), message.Acknowledge.Accepted, WireLimits.Cut(message.Acknowledge.Message, WireLimits.Message)),
        Body.ConfigSchemaResponse => Schema(session, message.ConfigSchemaResponse),
        Body.DetectionProposals => Proposals(session, message.DetectionProposals),
        Body.DetectionComplete => new WorkerInput.DetectionEnded(
            session,
            new RequestId(message.DetectionComplete.RequestId),
            message.DetectionComplete.JobType,
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
        [
            .. hello.Capabilities
                .Where(capability => capability.JobType.Length is > 0 and <= WireLimits.JobType)
                .Take(WireLimits.Capabilities)
                .Select(capability => new Capability(
                    capability.JobType,
                    capability.CanDetect,
                    capability.CanExecute,
                    Math.Max(0, capability.MaxDetectionConcurrency),
                    Math.Max(0, capability.MaxExecutionConcurrency),
                    WireLimits.Cut(capability.DisplayName, 200),
                    WireLimits.Cut(capability.Description, WireLimits.Message),
                    capability.Weight)),
        ],
        Texts(hello.Metadata, WireLimits.Metadata, WireLimits.MetadataValue),
        [.. hello.RunningWork.Take(WireLimits.RunningWork).Select(Work)]);

    private static Heartbeat Beat(Wire.WorkerHeartbeat beat, DateTimeOffset now) => new(
        now,
        [.. beat.RunningWork.Take(WireLimits.RunningWork).Select(Work)],
        Math.Max(0, beat.DetectionSlotsUsed),
        Math.Max(0, beat.DetectionSlotsTotal),
        Math.Max(0, beat.ExecutionSlotsUsed),
        Math.Max(0, beat.ExecutionSlotsTotal),
        Texts(beat.Metadata, WireLimits.Metadata, WireLimits.MetadataValue));

    private static RunningWork Work(Wire.RunningWork work) => new(
        work.WorkId,
        work.Kind == Wire.WorkKind.Detection,
        work.JobType,
        Percent(work.ProgressPercent),
        WireLimits.Cut(work.Stage, WireLimits.ShortText),
        work.RequestId.Length > 0 ? new RequestId(work.RequestId) : null);

    private static WorkerInput.SchemaAnswered Schema(SessionId session, Wire.ConfigSchemaResponse answer) => new(
        session,
        new RequestId(answer.RequestId),
        answer.JobType,
        answer.Success,
        WireLimits.Cut(answer.ErrorMessage, WireLimits.ErrorText),
        answer.JobTypeDescriptor is { } descriptor ? DescriptorMapper.ToCore(descriptor, answer.JobType) : null);

    private static WorkerInput.Proposed Proposals(SessionId session, Wire.DetectionProposals batch) => new(
        session, new RequestId(batch.RequestId), batch.JobType, [.. batch.Proposals.Select(Proposal)], batch.HasMore);

    private static Proposal Proposal(Wire.JobProposal proposal) => new(
        WireLimits.Cut(proposal.ProposalId, WireLimits.ShortText),
        Key(proposal.DedupeKey),
        WireLimits.Cut(proposal.JobType, WireLimits.JobType),
        WirePriority.ToCore(proposal.Priority),
        WireLimits.Cut(proposal.Summary, WireLimits.Message),
        WireLimits.Cut(proposal.Detail, WireLimits.ErrorText),
        ConfigValueMapper.ToCore(proposal.Parameters),
        Texts(proposal.Labels, WireLimits.Labels, WireLimits.LabelValue),
        Instant(proposal.NotBefore),
        Instant(proposal.ExpiresAt));

    private static WorkerInput.Progressed Progress(SessionId session, Wire.JobProgressUpdate update) => new(
        session,
        new RequestId(update.RequestId),
        update.JobId.Length > 0 ? new JobId(update.JobId) : null,
        update.JobType,
        Percent(update.ProgressPercent),
        WireLimits.Cut(update.Stage, WireLimits.ShortText),
        WireLimits.Cut(update.Message, WireLimits.Message),
        Activities(update.Activities));

    private static WorkerInput.Completed Completed(SessionId session, Wire.JobCompleted completed)
    {
        var outputs = completed.Result is { } result && result.CalculateSize() <= WireLimits.ResultSize ? result.OutputValues : [];
        return new WorkerInput.Completed(
            session,
            new RequestId(completed.RequestId),
            new JobId(completed.JobId),
            completed.JobType,
            completed.Success,
            WireLimits.Cut(completed.ErrorMessage, WireLimits.ErrorText),
            new JobResult(WireLimits.Cut(completed.Result?.Summary ?? "", WireLimits.Message), ConfigValueMapper.ToCore(outputs)),
            Activities(completed.Activities),
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
            ConfigValueMapper.ToCore(activity.Details))),
    ];

    private static ImmutableSortedDictionary<string, string> Texts(MapField<string, string> texts, int most, int longest) => texts
        .Take(most)
        .ToImmutableSortedDictionary(pair => WireLimits.Cut(pair.Key, WireLimits.LabelValue), pair => WireLimits.Cut(pair.Value, longest), StringComparer.Ordinal);

    private static double Percent(double percent) => double.IsFinite(percent) ? Math.Clamp(percent, 0, 100) : 0;

    /// <summary>A key that is too long for an index is replaced by its hash, so that it still tells twins apart.</summary>
    private static string Key(string key) => key.Length <= WireLimits.DedupeKey
        ? key
        : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    /// <summary>A worker's clock may say anything; what no calendar has is not said.</summary>
    private static DateTimeOffset? Instant(Timestamp? stamp) =>
        stamp is null || stamp.Seconds <= 0 || stamp.Seconds > 253_402_300_799 || stamp.Nanos is < 0 or > 999_999_999 ? null : Earliest.AddSeconds(stamp.Seconds).AddTicks(stamp.Nanos / 100);
}

using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>The submission that does again what an ended job did.</summary>
public static class Twin
{
    /// <param name="queueTtl">Of the type's settings; what they gave the old job, they give the new one anew.</param>
    public static SubmitJob Of(JobRecord record, Actor by, RetryChanges changes, TimeSpan? queueTtl, DateTimeOffset now)
    {
        var (old, payload) = (record.Job, record.Payload with { LostSecrets = [] });
        return new SubmitJob(
            by,
            old.JobType,
            OriginOf(by),
            changes.Parameters is { } changed ? payload with { Parameters = GroupRequests.ParametersAlone(payload.Parameters).Overlay(changed) } : payload,
            old.Summary,
            changes.Priority ?? old.Priority,
            GroupRequests.LabelsAlone(old),
            DedupeKey: old.DedupeKey == old.Id.Value ? "" : old.DedupeKey,
            NotBefore: old.Attempt is null ? Ahead(old.DueAt) : null,
            ExpiresAt: old.ExpiresAt == old.DueAt + queueTtl || old.ExpiresAt == old.CreatedAt + queueTtl ? null : Ahead(old.ExpiresAt),
            AttemptTimeout: old.AttemptTimeout,
            RetryLimit: old.RetryLimit,
            RetryOf: old.Id,
            Cluster: old.Cluster)
        {
            Deadline = Ahead(old.Deadline),
            RetryBackoff = old.RetryBackoff,
            HasNewParameters = changes.Parameters is not null,
            Place = changes.Parameters is not null ? GroupRequests.PlaceIn(payload.Parameters) : ConfigValues.Empty,
        };

        // A time that has come asks for nothing any more.
        DateTimeOffset? Ahead(DateTimeOffset? at) => at > now ? at : null;
    }

    private static JobOrigin OriginOf(Actor by) => by.Via switch
    {
        "ui" => JobOrigin.Ui,
        "cli" => JobOrigin.Cli,
        "grpc" => JobOrigin.Grpc,
        _ => JobOrigin.Rest,
    };
}

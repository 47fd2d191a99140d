using System.Text.Json;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using Google.Protobuf.Collections;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Submissions and retries → commands. All rules are the core's; here is only what the message itself can get wrong.</summary>
internal sealed class SubmitService(IAdmin admin)
{
    public async Task<V1.SubmitResponse> SubmitAsync(V1.SubmitRequest request, CallContext call)
    {
        var submission = (await admin.SendAsync(Command(request, call), call.CancellationToken)).OrThrow();
        return new V1.SubmitResponse
        {
            Job = ClientMapper.Job(submission.Job, admin.Explain(submission.Job.Id)),
            Existing = submission.Existing,
            Warnings = { submission.Warnings },
        };
    }

    /// <summary>A job that waits for its next attempt is only hurried, and only when that was meant.</summary>
    public async Task<V1.RetryResponse> RetryAsync(V1.RetryRequest request, CallContext call)
    {
        var id = new JobId(request.JobId);
        var parameters = request.Parameters.Count + request.ParametersJson.Length == 0
            ? null
            : Parameters(await JobTypeAsync(id, call.CancellationToken), request.Parameters, request.ParametersJson);
        var changes = new RetryChanges(request.Now, parameters, request.HasPriority ? request.Priority : null);
        var job = Known(await admin.RetryAsync(ClientActor.Of(call), id, call.CancellationToken, changes), request.JobId);
        return new V1.RetryResponse { Job = ClientMapper.Job(job, admin.Explain(job.Id)), RetryOf = job.RetryOf?.Value ?? "" };
    }

    public async Task<V1.ReleaseResponse> ReleaseAsync(V1.ReleaseRequest request, CallContext call)
    {
        var job = Known(await admin.ReleaseAsync(ClientActor.Of(call), new JobId(request.JobId), call.CancellationToken), request.JobId);
        return new V1.ReleaseResponse { Job = ClientMapper.Job(job, admin.Explain(job.Id)) };
    }

    public SubmitJob Command(V1.SubmitRequest request, CallContext call)
    {
        var written = Written(request.Parameters, request.ParametersJson);
        var (parameters, unread) = written is { } json
            ? ParametersJson.Read(admin.States.Current.Value.JobTypes.GetValueOrDefault(request.JobType)?.Descriptor, json)
            : (ClientValues.Read(request.Parameters, "parameters"), []);
        return Command(request, call, parameters) with { Written = written, Unread = unread };
    }

    private static SubmitJob Command(V1.SubmitRequest request, CallContext call, ConfigValues parameters) => new(
        ClientActor.Of(call),
        request.JobType,
        ClientActor.OriginOf(call),
        new JobPayload(request.Detail, parameters),
        request.Summary,
        request.HasPriority ? request.Priority : null,
        ClientMapper.Labels(request.Labels, request.RequireLabels),
        DedupeKey: request.DedupeKey,
        NotBefore: ClientMapper.At(request.NotBefore, "not_before"),
        ExpiresAt: ClientMapper.At(request.ExpiresAt, "expires_at"),
        AttemptTimeout: ClientMapper.Span(request.AttemptTimeout, "attempt_timeout"),
        RetryLimit: request.HasRetryLimit ? request.RetryLimit : null)
    {
        IdempotencyKey = request.IdempotencyKey,
        Deadline = ClientMapper.At(request.Deadline, "deadline"),
        RetryBackoff = ClientMapper.Span(request.RetryBackoff, "retry_backoff"),
        RequireWorker = request.RequireWorker,
        DryRun = request.DryRun,
    };

    private static Job Known(Server.Core.Engine.Reply<Job> reply, string id) =>
        reply.Refusal is { Code: Server.Core.Engine.RefusalCode.NotFound } ? throw ClientErrors.NotFound("job", id) : reply.OrThrow();

    /// <summary>Empty for a job that nobody knows; that it is unknown is said when it is acted on.</summary>
    private async Task<string> JobTypeAsync(JobId id, CancellationToken cancellationToken) =>
        admin.States.Current.Value.Jobs.GetValueOrDefault(id)?.JobType ?? (await admin.History.JobAsync(id, cancellationToken))?.Job.JobType ?? "";

    private ConfigValues Parameters(string jobType, MapField<string, Wire.ConfigValue> values, string json)
    {
        if (Written(values, json) is null)
        {
            return ClientValues.Read(values, "parameters");
        }

        var form = admin.States.Current.Value.JobTypes.GetValueOrDefault(jobType)?.Descriptor is { } descriptor ? FormDefaults.WorkerForm(descriptor).Only(FormPart.Submission) : FormSchema.Empty;
        return ClientJson.Read(json, "parameters_json", form, FormKind.Submission);
    }

    /// <summary>Null: they came with their kinds.</summary>
    private static JsonElement? Written(MapField<string, Wire.ConfigValue> values, string json) =>
        json.Length == 0 ? null
        : values.Count > 0 ? throw ClientErrors.Invalid("parameters_json", "parameters and parameters_json exclude each other")
        : ClientJson.Parse(json, "parameters_json");
}

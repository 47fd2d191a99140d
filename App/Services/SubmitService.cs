using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Submissions → commands. All rules are the core's; here is only what the message itself can get wrong.</summary>
internal sealed class SubmitService(IAdmin admin)
{
    public async Task<V1.SubmitResponse> SubmitAsync(V1.SubmitRequest request, CallContext call)
    {
        var job = (await admin.SendAsync(Command(request, call), call.CancellationToken)).OrThrow();
        return new V1.SubmitResponse { Job = ClientMapper.Job(job, admin.Explain(job.Id)) };
    }

    private SubmitJob Command(V1.SubmitRequest request, CallContext call) => new(
        ClientActor.Of(call),
        request.JobType,
        ClientActor.OriginOf(call),
        new JobPayload(request.Detail, Parameters(request)),
        request.Summary,
        request.HasPriority ? Priority(request.Priority) : 50,
        ClientMapper.Labels(request.Labels, request.RequireLabels),
        NotBefore: ClientMapper.At(request.NotBefore, "not_before"),
        ExpiresAt: ClientMapper.At(request.ExpiresAt, "expires_at"),
        AttemptTimeout: ClientMapper.Span(request.AttemptTimeout, "attempt_timeout"),
        RetryLimit: request.HasRetryLimit ? request.RetryLimit : null);

    private static int Priority(int priority) => priority is >= 0 and <= 100 ? priority : throw ClientErrors.Invalid("priority", "priority is 0 to 100");

    private ConfigValues Parameters(V1.SubmitRequest request)
    {
        if (request.ParametersJson.Length == 0)
        {
            return request.Parameters.Count <= WireLimits.Values
                ? ConfigValueMapper.ToCore(request.Parameters)
                : throw ClientErrors.Invalid("parameters", $"a job may have {WireLimits.Values} parameters");
        }

        if (request.Parameters.Count > 0)
        {
            throw ClientErrors.Invalid("parameters_json", "parameters and parameters_json exclude each other");
        }

        var descriptor = admin.States.Current.Value.JobTypes.GetValueOrDefault(request.JobType)?.Descriptor;
        return ClientJson.Read(request.ParametersJson, "parameters_json", _ => descriptor is null ? null : FormDefaults.WorkerForm(descriptor));
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Store;
using static BlazorPluginAdmin.App.Rest.WireJson;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>One job with all that is kept of it, whether it was asked for or acted on.</summary>
public sealed class JobAnswers(IAdmin admin, JobLogStore logs)
{
    /// <summary>With why it waits.</summary>
    public JsonObject Whole(JobRecord record)
    {
        var waits = admin.Explain(record.Job.Id);
        var node = Detail(record, waits);
        if (waits is not null)
        {
            node["waiting"] = JsonSerializer.SerializeToNode(ApiObjects.Waiting(waits), Options);
        }

        return node;
    }

    /// <summary>As the action left it.</summary>
    public async Task<JsonObject> ActedAsync(Job job, CancellationToken cancellationToken) =>
        Whole(await admin.History.JobAsync(job.Id, cancellationToken) is { } record ? record with { Job = job } : new JobRecord(job, JobPayload.Empty, null, []));

    public JsonObject Detail(JobRecord record, WaitingExplanation? waits)
    {
        var node = ApiObjects.Job(record.Job, waits);
        if (record.Payload.Detail.Length > 0)
        {
            node["detail"] = record.Payload.Detail;
        }

        var form = admin.States.Current.Value.JobTypes.GetValueOrDefault(record.Job.JobType)?.Descriptor?.WorkerForm;
        ApiObjects.AddValues(node, "parameters", SecretFields.Masked(form, record.Payload.Parameters));
        if (!record.Job.Labels.IsEmpty)
        {
            node["labels"] = JsonSerializer.SerializeToNode(record.Job.Labels);
        }

        ApiObjects.AddRequired(node, record.Job);
        if (record.Result is { } result)
        {
            ApiObjects.AddValues(node, "result_output_values", result.Outputs);
        }

        node["attempts"] = JsonSerializer.SerializeToNode(record.Attempts.Select(attempt => Attempt(record.Job.Id, attempt)), Options);
        return node;
    }

    private object Attempt(JobId job, Attempt attempt) => new
    {
        number = attempt.Number,
        request_id = attempt.RequestId.Value,
        worker_id = attempt.Worker.Value,
        worker_instance_id = Some(attempt.Instance),
        generation = attempt.Generation > 0 ? attempt.Generation : (long?)null,
        state = ApiObjects.StateOf(attempt),
        reason = Some(attempt.CancelReason),
        sent_at = attempt.SentAt,
        started_at = attempt.StartedAt,
        ended_at = attempt.EndedAt,
        exit_code = attempt.ExitCode,
        error_class = Some(attempt.ErrorClass),
        error_message = Some(attempt.Error),
        stdout_bytes = logs.KeptOf(job, attempt.Number, LogStream.Stdout),
        stderr_bytes = logs.KeptOf(job, attempt.Number, LogStream.Stderr),
        dropped_bytes = logs.LimitOf(job, attempt.Number)?.Dropped ?? 0,
    };
}

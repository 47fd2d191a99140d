using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Changes → rows, inside one transaction.</summary>
internal sealed class CommitWriter : IDisposable
{
    /// <summary>Proposals kept of one detection; its counts stay exact beyond.</summary>
    private const int ProposalsKept = 10_000;

    /// <summary>Never rewritten, so that an update leaves the indexes over them alone.</summary>
    private static readonly (string Name, string Key)[] JobTables = [("jobs", "id"), ("job_payloads", "job"), ("job_results", "job"), ("attempts", "job")];

    /// <summary>All that is kept of a job type, details before what they belong to. The timeline stays.</summary>
    private static readonly string[] TypeTables =
    [
        .. JobTables.Skip(1).Select(table => $"DELETE FROM {table.Name} WHERE {table.Key} IN (SELECT id FROM jobs WHERE type = $1)"),
        "DELETE FROM jobs WHERE type = $1",
        "DELETE FROM proposals WHERE detection IN (SELECT id FROM detections WHERE type = $1)",
        .. ((string[])["detections", "schedules", "configs", "descriptors", "known_forms"]).Select(table => $"DELETE FROM {table} WHERE type = $1"),
    ];

    private static readonly string[] FixedJobColumns = ["id", "type", "origin", "dedupe_key", "created", "detection", "submitted_by", "retry_of", "cluster", "deadline", "retry_backoff", "idem_key", "idem_digest",
        "group_id", "group_index", "group_count", "group_running", "group_policy"];

    private readonly List<Statement> _all = [];
    private readonly Statement _job;
    private readonly Statement _payload;
    private readonly Statement _result;
    private readonly Statement _attempt;
    private readonly Statement _worker;
    private readonly Statement _forget;
    private readonly Statement[] _forgetJob;
    private readonly Statement[] _forgetType;
    private readonly Statement _descriptor;
    private readonly Statement _knownForms;
    private readonly Statement _config;
    private readonly Statement _schedule;
    private readonly Statement _detection;
    private readonly Statement _proposal;
    private readonly Statement _activity;
    private readonly Statement _setting;
    private readonly Statement _operation;
    private readonly Statement _forgetOperation;
    private readonly Statement _counter;
    private readonly Retention _retention;
    private long _attemptSequence;

    public CommitWriter(SqliteConnection connection, long lastAttempt)
    {
        _attemptSequence = lastAttempt;
        _job = Add(new Statement(
            connection,
            $"INSERT INTO jobs ({Rows.JobColumns}, worker, ended, fp) VALUES ({Statement.Places(Rows.JobColumnCount + 3)}) ON CONFLICT (id) DO UPDATE SET "
            + string.Join(", ", $"{Rows.JobColumns}, worker, ended, fp".Split(", ").Except(FixedJobColumns).Select(column => $"{column} = excluded.{column}"))));
        _payload = Prepare(connection, "job_payloads", "job, detail, parameters", 3);
        _result = Prepare(connection, "job_results", "job, summary, outputs", 3);
        _attempt = Add(new Statement(
            connection,
            $"INSERT INTO attempts (job, sequence, {Rows.AttemptColumns}) VALUES ({Statement.Places(Rows.AttemptColumnCount + 2)}) ON CONFLICT (job, request) DO UPDATE SET started = excluded.started, "
            + "ended = excluded.ended, outcome = excluded.outcome, error = excluded.error, cancel = excluded.cancel, cancel_reason = excluded.cancel_reason, "
            + "generation = excluded.generation, exit_code = excluded.exit_code"));
        _worker = Prepare(connection, "workers", "id, body", 2);
        _forget = Add(new Statement(connection, "DELETE FROM workers WHERE id = $1"));
        _forgetJob = [.. JobTables.Select(table => Add(new Statement(connection, $"DELETE FROM {table.Name} WHERE {table.Key} = $1")))];
        _forgetType = [.. TypeTables.Select(sql => Add(new Statement(connection, sql)))];
        _descriptor = Prepare(connection, "descriptors", "type, body, saved, worker", 4);
        _knownForms = Prepare(connection, "known_forms", "type, body", 2);
        _config = Prepare(connection, "configs", Rows.ConfigColumns, 11);
        _schedule = Prepare(connection, "schedules", "type, body", 2);
        _detection = Prepare(connection, "detections", "id, type, started, settled, body", 5);
        _proposal = Prepare(connection, "proposals", "detection, position, outcome, job, note, body", 6);
        _activity = Prepare(connection, "activities", Rows.ActivityColumns, 12);
        _setting = Prepare(connection, "settings", "name, body", 2);
        _operation = Prepare(connection, "operations", "id, started, body", 3);
        _forgetOperation = Add(new Statement(connection, "DELETE FROM operations WHERE id = $1"));
        _counter = Prepare(connection, "counters", "name, value", 2);
        _retention = new Retention(connection);
    }

    public void Write(SqliteTransaction transaction, Change change)
    {
        switch (change)
        {
            case Change.JobSaved saved:
                Write(saved);
                break;
            case Change.AttemptSaved saved:
                Write(saved.Job, saved.Attempt);
                break;
            case Change.WorkerSaved saved:
                _worker.Run(saved.Worker.Id.Value, Bodies.Write(saved.Worker));
                break;
            case Change.WorkerForgotten forgotten:
                _forget.Run(forgotten.Worker.Value);
                break;
            case Change.JobForgotten forgotten:
                Array.ForEach(_forgetJob, statement => statement.Run(forgotten.Job.Value));
                break;
            case Change.JobTypeForgotten forgotten:
                Array.ForEach(_forgetType, statement => statement.Run(forgotten.JobType));
                break;
            case Change.DescriptorSaved saved:
                _descriptor.Run(saved.Descriptor.JobType, DescriptorJson.Write(saved.Descriptor), saved.At.UtcTicks, saved.From.Value);
                break;
            case Change.FormsKnown { Forms: var forms }:
                _knownForms.Run(forms.JobType, DescriptorJson.Write(forms));
                break;
            case Change.ConfigSaved { Config: var config }:
                _config.Run(
                    config.JobType, config.Version, config.DescriptorVersion, Rows.Json(config.AdminValues), Rows.Json(config.WorkerValues),
                    config.Runtime is null ? null : JsonSerializer.Serialize(config.Runtime), config.SavedAt.UtcTicks, config.SavedBy, config.Via, config.Reason,
                    config.Dispatch is { } dispatch ? Bodies.Write(dispatch) : null);
                break;
            case Change.ScheduleSaved saved:
                _schedule.Run(saved.JobType, Bodies.Write(saved.Schedule));
                break;
            case Change.DetectionSaved { Detection: var detection }:
                _detection.Run(detection.Id.Value, detection.JobType, detection.StartedAt.UtcTicks, detection.SettledAt?.UtcTicks, Bodies.Write(detection));
                break;
            case Change.ProposalsSaved saved:
                foreach (var trace in saved.Proposals.Where(trace => trace.Index < ProposalsKept))
                {
                    _proposal.Run(saved.Detection.Value, trace.Index, (int)trace.Outcome, trace.Job?.Value, trace.Note, Bodies.Write(trace.Proposal));
                }

                break;
            case Change.ActivityAdded { Activity: var activity }:
                _activity.Run(
                    activity.Sequence, activity.At.UtcTicks, activity.Source, activity.Message, activity.Stage, (int)activity.Severity, activity.JobType,
                    activity.Job?.Value, activity.Request?.Value, activity.Worker?.Value, activity.Actor, Rows.Json(activity.Details));
                break;
            case Change.LanesSaved { Lanes: var lanes }:
                _setting.Run(Settings.Lanes, Bodies.Write(lanes));
                break;
            case Change.SchedulerSaved { Pause: var pause }:
                _setting.Run(Settings.Scheduler, Bodies.Write(new StoredPause(pause)));
                break;
            case Change.RetentionSaved saved:
                _setting.Run(Settings.Retention, Bodies.Write(new StoredRetention(saved.Limits, saved.Change)));
                break;
            case Change.ClusterSaved { Cluster: var cluster }:
                _setting.Run(Settings.Cluster, Bodies.Write(cluster));
                break;
            case Change.OperationSaved { Operation: var operation }:
                _operation.Run(operation.Id, operation.StartedAt.UtcTicks, Bodies.Write(operation));
                break;
            case Change.OperationForgotten forgotten:
                _forgetOperation.Run(forgotten.Operation);
                break;
            case Change.SavedViewsSaved saved:
                _setting.Run(Settings.SavedViews, Bodies.Write(saved.Views));
                break;
            case Change.CounterSaved saved:
                _counter.Run(saved.Name, saved.Value);
                break;
            case Change.Pruned pruned:
                _retention.Prune(transaction, pruned.Limits, pruned.Now);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(change), change.GetType().Name, "the store does not know this change");
        }
    }

    public void Dispose()
    {
        foreach (var statement in _all)
        {
            statement.Dispose();
        }

        _retention.Dispose();
    }

    private void Write(Change.JobSaved saved)
    {
        var job = saved.Job;
        _job.Run(
            job.Id.Value, job.JobType, (int)job.Origin, job.DedupeKey, job.Priority, job.Summary, Rows.Json(job.Labels), job.CreatedAt.UtcTicks,
            job.UpdatedAt.UtcTicks, job.DueAt.UtcTicks, job.ExpiresAt?.UtcTicks, job.CompletedAt?.UtcTicks, job.Detection?.Value, job.SubmittedBy, job.RetryOf?.Value,
            job.ConfigVersion, (int)job.State, (int)job.Phase, (int)job.Reason, job.Attempts, job.LostInARow,
            job.RefusedBy.IsEmpty ? "" : JsonSerializer.Serialize(job.RefusedBy.Select(id => id.Value)), job.RetryLimit, job.AttemptTimeout?.Ticks, job.EstimatedRuntime.Ticks,
            job.Percent, job.Stage, job.Message, job.Error, job.ResultSummary, job.IsKeyless ? 1 : 0, job.Cluster is { } cluster ? Bodies.Write(cluster) : null,
            job.Deadline?.UtcTicks, job.RetryBackoff?.Ticks, Keyed(job, job.IdempotencyKey), Keyed(job, job.IdempotencyDigest),
            job.Group?.Id, job.Group?.Index, job.Group?.Count, job.Group?.MaxRunning, (int?)job.Group?.FailPolicy, job.Worker?.Value, job.IsTerminal ? 1 : 0,
            job.State == JobState.Failed ? Fingerprint.Of(job) : null);
        if (saved.Payload is { } payload)
        {
            _payload.Run(job.Id.Value, payload.Detail, Rows.Json(payload.Parameters));
        }

        if (saved.Result is { } result)
        {
            _result.Run(job.Id.Value, result.Summary, Rows.Json(result.Outputs));
        }
    }

    private static string? Keyed(Job job, string text) => job.IdempotencyKey.Length > 0 ? text : null;

    private void Write(JobId job, Attempt attempt) => _attempt.Run(
        job.Value, ++_attemptSequence, attempt.Number, attempt.RequestId.Value, attempt.Worker.Value, attempt.CanResume ? 1 : 0, attempt.SentAt.UtcTicks,
        attempt.StartedAt?.UtcTicks, attempt.EndedAt?.UtcTicks, (int)attempt.Outcome, attempt.Error, attempt.Timeout.Ticks, (int)attempt.Cancel, attempt.CancelReason,
        attempt.Generation, attempt.ExitCode);

    private Statement Prepare(SqliteConnection connection, string table, string columns, int count) =>
        Add(new Statement(connection, $"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({Statement.Places(count)})"));

    private Statement Add(Statement statement)
    {
        _all.Add(statement);
        return statement;
    }
}

using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;
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
    private readonly Statement _jobSchedule;
    private readonly Statement _forgetJobSchedule;
    private readonly Statement _detection;
    private readonly Statement _proposal;
    private readonly Statement _activity;
    private readonly Statement _setting;
    private readonly Statement _operation;
    private readonly Statement _forgetOperation;
    private readonly Statement _counter;
    private readonly Retention _retention;
    private readonly SealedValues _secrets;
    private readonly ConfigSealing _configSealing;
    private long _attemptSequence;

    public CommitWriter(SqliteConnection connection, SealedValues secrets, long lastAttempt)
    {
        _secrets = secrets;
        _configSealing = new ConfigSealing(connection, secrets);
        _attemptSequence = lastAttempt;
        _job = Add(new Statement(
            connection,
            $"INSERT INTO jobs ({Rows.JobColumns}, worker, ended, fp) VALUES ({Statement.Places(Rows.JobColumnCount + 3)}) ON CONFLICT (id) DO UPDATE SET "
            + string.Join(", ", $"{Rows.JobColumns}, worker, ended, fp".Split(", ").Except(FixedJobColumns).Select(column => $"{column} = excluded.{column}"))));
        _payload = Prepare(connection, "job_payloads", "job, detail, parameters, sealed", 4);
        _result = Prepare(connection, "job_results", "job, summary, outputs", 3);
        _attempt = Add(new Statement(
            connection,
            $"INSERT INTO attempts (job, sequence, {Rows.AttemptColumns}) VALUES ({Statement.Places(Rows.AttemptColumnCount + 2)}) ON CONFLICT (job, request) DO UPDATE SET started = excluded.started, "
            + "ended = excluded.ended, outcome = excluded.outcome, error = excluded.error, cancel = excluded.cancel, cancel_reason = excluded.cancel_reason, "
            + "generation = excluded.generation, exit_code = excluded.exit_code, cancel_grace = excluded.cancel_grace, forced = excluded.forced, error_class = excluded.error_class, instance = excluded.instance"));
        _worker = Prepare(connection, "workers", "id, body", 2);
        _forget = Add(new Statement(connection, "DELETE FROM workers WHERE id = $1"));
        _forgetJob = [.. JobTables.Select(table => Add(new Statement(connection, $"DELETE FROM {table.Name} WHERE {table.Key} = $1")))];
        _forgetType = [.. TypeTables.Select(sql => Add(new Statement(connection, sql)))];
        _descriptor = Prepare(connection, "descriptors", "type, body, saved, worker", 4);
        _knownForms = Prepare(connection, "known_forms", "type, body", 2);
        _config = Prepare(connection, "configs", Rows.ConfigColumns, Rows.ConfigColumnCount);
        _schedule = Prepare(connection, "schedules", "type, body", 2);
        _jobSchedule = Prepare(connection, "job_schedules", "id, body, sealed", 3);
        _forgetJobSchedule = Add(new Statement(connection, "DELETE FROM job_schedules WHERE id = $1"));
        _detection = Prepare(connection, "detections", "id, type, started, settled, body", 5);
        _proposal = Prepare(connection, "proposals", "detection, position, outcome, job, note, body, sealed", 7);
        _activity = Prepare(connection, "activities", Rows.ActivityColumns, 12);
        _setting = Prepare(connection, "settings", "name, body", 2);
        _operation = Prepare(connection, "operations", "id, started, body", 3);
        _forgetOperation = Add(new Statement(connection, "DELETE FROM operations WHERE id = $1"));
        _counter = Prepare(connection, "counters", "name, value", 2);
        _retention = new Retention(connection);
    }

    /// <summary>Jobs deleted by what was written; whose transaction it was clears it.</summary>
    public List<JobId> Gone { get; } = [];

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
                Gone.Add(forgotten.Job);
                break;
            case Change.JobTypeForgotten forgotten:
                Gone.AddRange(JobsOf(transaction, forgotten.JobType));
                Array.ForEach(_forgetType, statement => statement.Run(forgotten.JobType));
                break;
            case Change.DescriptorSaved saved:
                _descriptor.Run(saved.Descriptor.JobType, DescriptorJson.Write(saved.Descriptor), saved.At.UtcTicks, saved.From.Value);
                if (_secrets.Learn(saved.Descriptor))
                {
                    _configSealing.Run(saved.Descriptor.JobType);
                }

                break;
            case Change.FormsKnown { Forms: var forms }:
                _knownForms.Run(forms.JobType, DescriptorJson.Write(forms));
                break;
            case Change.ConfigSaved { Config: var config }:
                Write(config);
                break;
            case Change.ScheduleSaved saved:
                _schedule.Run(saved.JobType, Bodies.Write(saved.Schedule));
                break;
            case Change.JobScheduleSaved { Schedule: var schedule }:
                Write(transaction, schedule);
                break;
            case Change.JobScheduleForgotten forgotten:
                _forgetJobSchedule.Run(forgotten.Schedule.Value);
                break;
            case Change.DetectionSaved { Detection: var detection }:
                _detection.Run(detection.Id.Value, detection.JobType, detection.StartedAt.UtcTicks, detection.SettledAt?.UtcTicks, Bodies.Write(detection));
                break;
            case Change.ProposalsSaved saved:
                foreach (var trace in saved.Proposals.Where(trace => trace.Index < ProposalsKept))
                {
                    Write(saved.Detection, trace);
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
                Gone.AddRange(_retention.Prune(transaction, pruned.Limits, pruned.Now));
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

    private static List<JobId> JobsOf(SqliteTransaction transaction, string jobType)
    {
        using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT id FROM jobs WHERE type = $1";
        command.Parameters.AddWithValue("$1", jobType);
        using var reader = command.ExecuteReader();
        var jobs = new List<JobId>();
        while (reader.Read())
        {
            jobs.Add(new JobId(reader.GetString(0)));
        }

        return jobs;
    }

    private void Write(SqliteTransaction transaction, JobSchedule schedule)
    {
        // Written at each of its runs: what does not open just now stays sealed as it lies there, until its keys are back.
        var (template, kept) = (schedule.Spec.Template, (string?)null);
        if (!template.Payload.LostSecrets.IsEmpty)
        {
            using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "SELECT sealed FROM job_schedules WHERE id = $1";
            command.Parameters.AddWithValue("$1", schedule.Id.Value);
            kept = command.ExecuteScalar() as string;
        }

        var (open, closed) = _secrets.Close(template.JobType, FormKind.Submission, template.Payload.Parameters, kept);
        var body = schedule with { Spec = schedule.Spec with { Template = template with { Payload = template.Payload with { Parameters = open } } } };
        _jobSchedule.Run(schedule.Id.Value, Bodies.Write(body), closed);
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
            var (parameters, closed) = _secrets.Close(job.JobType, FormKind.Submission, payload.Parameters);
            _payload.Run(job.Id.Value, payload.Detail, Rows.Json(parameters), closed);
        }

        if (saved.Result is { } result)
        {
            _result.Run(job.Id.Value, result.Summary, Rows.Json(result.Outputs));
        }
    }

    private void Write(ConfigDocument config)
    {
        var (admin, adminClosed) = _secrets.Close(config.JobType, FormKind.Admin, config.AdminValues);
        var (worker, workerClosed) = _secrets.Close(config.JobType, FormKind.Worker, config.WorkerValues);
        _config.Run(
            config.JobType, config.Version, config.DescriptorVersion, Rows.Json(admin), Rows.Json(worker),
            config.Runtime is null ? null : JsonSerializer.Serialize(config.Runtime), config.SavedAt.UtcTicks, config.SavedBy, config.Via, config.Reason,
            config.Dispatch is { } dispatch ? Bodies.Write(dispatch) : null, adminClosed, workerClosed);
    }

    private void Write(RequestId detection, ProposalTrace trace)
    {
        var (parameters, closed) = _secrets.Close(trace.Proposal.JobType, FormKind.Submission, trace.Proposal.Parameters);
        var proposal = closed is null ? trace.Proposal : trace.Proposal with { Parameters = parameters };
        _proposal.Run(detection.Value, trace.Index, (int)trace.Outcome, trace.Job?.Value, trace.Note, Bodies.Write(proposal), closed);
    }

    private static string? Keyed(Job job, string text) => job.IdempotencyKey.Length > 0 ? text : null;

    private void Write(JobId job, Attempt attempt) => _attempt.Run(
        job.Value, ++_attemptSequence, attempt.Number, attempt.RequestId.Value, attempt.Worker.Value, attempt.CanResume ? 1 : 0, attempt.SentAt.UtcTicks,
        attempt.StartedAt?.UtcTicks, attempt.EndedAt?.UtcTicks, (int)attempt.Outcome, attempt.Error, attempt.Timeout.Ticks, (int)attempt.Cancel, attempt.CancelReason,
        attempt.Generation, attempt.ExitCode, attempt.CancelGrace?.Ticks, attempt.ForcedAt?.UtcTicks, attempt.ErrorClass.Length > 0 ? attempt.ErrorClass : null, attempt.Instance.Length > 0 ? attempt.Instance : null);

    private Statement Prepare(SqliteConnection connection, string table, string columns, int count) =>
        Add(new Statement(connection, $"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({Statement.Places(count)})"));

    private Statement Add(Statement statement)
    {
        _all.Add(statement);
        return statement;
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Columns → records. The order of columns is that of <see cref="JobColumns"/> and its siblings.</summary>
internal static class Rows
{
    public const string JobColumns =
        "id, type, origin, dedupe_key, priority, summary, labels, created, updated, due, expires, completed, detection, submitted_by, retry_of, config_version, "
        + "state, phase, reason, attempts, lost, refused_by, retry_limit, attempt_timeout, estimate, percent, stage, message, error, result_summary, keyless, cluster, "
        + "deadline, retry_backoff, idem_key, idem_digest, group_id, group_index, group_count, group_running, group_policy";

    public const int JobColumnCount = 41;

    public const string AttemptColumns = "number, request, worker, can_resume, sent, started, ended, outcome, error, timeout, cancel, cancel_reason, generation, exit_code, cancel_grace, forced, error_class, instance";

    public const int AttemptColumnCount = 18;

    public const string ActivityColumns = "sequence, at, source, message, stage, severity, type, job, request, worker, actor, details";

    public const string ConfigColumns = "type, version, descriptor_version, admin_values, worker_values, runtime, saved, saved_by, via, reason, dispatch, admin_sealed, worker_sealed";

    public const int ConfigColumnCount = 13;

    public static Job Job(SqliteDataReader row, Attempt? attempt) => new()
    {
        Id = new JobId(row.GetString(0)),
        JobType = row.GetString(1),
        Origin = (JobOrigin)row.GetInt32(2),
        DedupeKey = row.GetString(3),
        Priority = row.GetInt32(4),
        Summary = row.GetString(5),
        Labels = Labels(row.GetString(6)),
        CreatedAt = Time(row.GetInt64(7)),
        UpdatedAt = Time(row.GetInt64(8)),
        DueAt = Time(row.GetInt64(9)),
        ExpiresAt = MaybeTime(row, 10),
        CompletedAt = MaybeTime(row, 11),
        Detection = row.IsDBNull(12) ? null : new RequestId(row.GetString(12)),
        SubmittedBy = row.GetString(13),
        RetryOf = row.IsDBNull(14) ? null : new JobId(row.GetString(14)),
        ConfigVersion = row.GetInt64(15),
        State = (JobState)row.GetInt32(16),
        Phase = (JobPhase)row.GetInt32(17),
        Reason = (JobReason)row.GetInt32(18),
        Attempts = row.GetInt32(19),
        LostInARow = row.GetInt32(20),
        RefusedBy = row.GetString(21) is { Length: > 0 } refused ? [.. JsonSerializer.Deserialize<string[]>(refused)!.Select(id => new WorkerId(id))] : [],
        RetryLimit = row.IsDBNull(22) ? null : row.GetInt32(22),
        AttemptTimeout = row.IsDBNull(23) ? null : new TimeSpan(row.GetInt64(23)),
        EstimatedRuntime = new TimeSpan(row.GetInt64(24)),
        Percent = row.GetDouble(25),
        Stage = row.GetString(26),
        Message = row.GetString(27),
        Error = row.GetString(28),
        ResultSummary = row.GetString(29),
        IsKeyless = row.GetBoolean(30),
        Cluster = row.IsDBNull(31) ? null : Bodies.Read<ClusterContext>(row.GetString(31)),
        Deadline = MaybeTime(row, 32),
        RetryBackoff = row.IsDBNull(33) ? null : new TimeSpan(row.GetInt64(33)),
        IdempotencyKey = row.IsDBNull(34) ? "" : row.GetString(34),
        IdempotencyDigest = row.IsDBNull(35) ? "" : row.GetString(35),
        Group = row.IsDBNull(36) ? null : new GroupPlace(row.GetString(36), row.GetInt32(37), row.GetInt32(38), row.GetInt32(39), (GroupFailPolicy)row.GetInt32(40)),
        Attempt = attempt,
    };

    /// <summary>Stamps and sessions of the process that wrote it mean nothing to this one and are left at their defaults.</summary>
    public static Attempt Attempt(SqliteDataReader row, int first = 0) => new()
    {
        Number = row.GetInt32(first),
        RequestId = new RequestId(row.GetString(first + 1)),
        Worker = new WorkerId(row.GetString(first + 2)),
        Session = default,
        CanResume = row.GetBoolean(first + 3),
        SentAt = Time(row.GetInt64(first + 4)),
        StartedAt = MaybeTime(row, first + 5),
        EndedAt = MaybeTime(row, first + 6),
        Outcome = (AttemptOutcome)row.GetInt32(first + 7),
        Error = row.GetString(first + 8),
        Timeout = new TimeSpan(row.GetInt64(first + 9)),
        TimeoutAt = default,
        Cancel = (CancelCause)row.GetInt32(first + 10),
        CancelReason = row.GetString(first + 11),
        Generation = row.GetInt64(first + 12),
        ExitCode = row.IsDBNull(first + 13) ? null : row.GetInt64(first + 13),
        CancelGrace = row.IsDBNull(first + 14) ? null : new TimeSpan(row.GetInt64(first + 14)),
        ForcedAt = MaybeTime(row, first + 15),
        ErrorClass = row.IsDBNull(first + 16) ? "" : row.GetString(first + 16),
        Instance = row.IsDBNull(first + 17) ? "" : row.GetString(first + 17),
    };

    public static Activity Activity(SqliteDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        At = Time(row.GetInt64(1)),
        Source = row.GetString(2),
        Message = row.GetString(3),
        Stage = row.GetString(4),
        Severity = (ActivitySeverity)row.GetInt32(5),
        JobType = row.GetString(6),
        Job = row.IsDBNull(7) ? null : new JobId(row.GetString(7)),
        Request = row.IsDBNull(8) ? null : new RequestId(row.GetString(8)),
        Worker = row.IsDBNull(9) ? null : new WorkerId(row.GetString(9)),
        Actor = row.GetString(10),
        Details = Values(row.GetString(11)),
    };

    /// <param name="lost">Told of each secret that does not open.</param>
    public static ConfigDocument Config(SqliteDataReader row, SealedValues secrets, Action<LostSecret>? lost = null) => new()
    {
        JobType = row.GetString(0),
        Version = row.GetInt64(1),
        DescriptorVersion = (uint)row.GetInt64(2),
        AdminValues = Opened(row, secrets, FormKind.Admin, 3, 11, lost),
        WorkerValues = Opened(row, secrets, FormKind.Worker, 4, 12, lost),
        Runtime = row.IsDBNull(5) ? null : JsonSerializer.Deserialize<RuntimeSettings>(row.GetString(5)),
        SavedAt = Time(row.GetInt64(6)),
        SavedBy = row.GetString(7),
        Via = row.GetString(8),
        Reason = row.GetString(9),
        Dispatch = row.IsDBNull(10) ? null : Bodies.Read<DispatchSettings>(row.GetString(10)),
    };

    public static ConfigValues Values(string json) => json.Length == 0 ? ConfigValues.Empty : ConfigValueJson.Parse(json);

    public static string Json(ConfigValues values) => values.Count == 0 ? "" : ConfigValueJson.Write(values);

    public static ImmutableSortedDictionary<string, string> Labels(string json) => json.Length == 0
        ? ImmutableSortedDictionary<string, string>.Empty
        : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public static string Json(ImmutableSortedDictionary<string, string> labels) => labels.IsEmpty ? "" : JsonSerializer.Serialize<IReadOnlyDictionary<string, string>>(labels);

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    public static string? MaybeText(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static ConfigValues Opened(SqliteDataReader row, SealedValues secrets, FormKind form, int open, int closed, Action<LostSecret>? lost)
    {
        var type = row.GetString(0);
        return secrets.Open(type, form, Values(row.GetString(open)), MaybeText(row, closed), lost is null ? null : field => lost(new LostSecret(type, form, field)));
    }

    private static DateTimeOffset? MaybeTime(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Time(row.GetInt64(column));
}

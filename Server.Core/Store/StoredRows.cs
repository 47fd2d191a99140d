using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Reads what can still change, on a connection that cannot write. Every row must make sense.</summary>
internal sealed class StoredRows : IDisposable
{
    private const int RecentJobs = 100;
    private const int RecentDetections = 50;

    private readonly SqliteConnection _connection;

    private readonly SealedValues _secrets;
    private readonly ImmutableArray<LostSecret>.Builder _lost = ImmutableArray.CreateBuilder<LostSecret>();

    private StoredRows(string path, SealedValues secrets)
    {
        _secrets = secrets;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 }.ToString());
        _connection.Open();
    }

    /// <exception cref="StoreRefusedException">A row is damaged.</exception>
    public static StoredState Read(string path, SealedValues secrets)
    {
        try
        {
            using var rows = new StoredRows(path, secrets);
            var state = new StoredState(rows.OpenJobs(), rows.Workers(), rows.JobTypes(), rows.OpenDetections(), rows.Counters())
            {
                Lanes = rows.Setting<LaneChanges>(Settings.Lanes),
                Cluster = rows.Setting<ClusterSettings>(Settings.Cluster),
                Pause = rows.Setting<StoredPause>(Settings.Scheduler)?.Pause,
                Retention = rows.Setting<StoredRetention>(Settings.Retention)?.Limits,
                RetentionChange = rows.Setting<StoredRetention>(Settings.Retention)?.Change,
                SavedViews = rows.Setting<ImmutableSortedDictionary<string, SavedView>>(Settings.SavedViews),
                Schedules = rows.Schedules(),
                Operations = rows.All("SELECT body FROM operations ORDER BY started, id", row => Bodies.Read<BulkOperation>(row.GetString(0))),
            };
            return state with { LostSecrets = rows._lost.ToImmutable() };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever a damaged row does to its reader, it is the row's fault.
            throw StoreFile.Refused(path, $"a row cannot be understood ({exception.Message})", exception);
        }
    }

    public void Dispose() => _connection.Dispose();

    private T? Setting<T>(string name)
        where T : class => All("SELECT body FROM settings WHERE name = $1", rows => Bodies.Read<T>(rows.GetString(0)), name).FirstOrDefault();

    private ImmutableArray<JobSchedule> Schedules() => All("SELECT body, sealed FROM job_schedules ORDER BY id", row =>
    {
        var schedule = Bodies.Read<JobSchedule>(row.GetString(0));
        var template = schedule.Spec.Template;
        var lost = ImmutableArray.CreateBuilder<string>();
        var parameters = _secrets.Open(template.JobType, FormKind.Submission, template.Payload.Parameters, row.IsDBNull(1) ? null : row.GetString(1), lost.Add);
        _lost.AddRange(lost.Select(name => new LostSecret(template.JobType, FormKind.Submission, name)));
        return schedule with { Spec = schedule.Spec with { Template = template with { Payload = template.Payload with { Parameters = parameters, LostSecrets = lost.ToImmutable() } } } };
    });

    private ImmutableArray<Job> OpenJobs() => All(
        $"SELECT {Prefixed("j", Rows.JobColumns)}, {Prefixed("a", Rows.AttemptColumns)} FROM jobs j LEFT JOIN attempts a ON a.job = j.id "
        + "AND a.sequence = (SELECT max(sequence) FROM attempts WHERE job = j.id) WHERE j.ended = 0 ORDER BY j.created, j.id",
        rows => Sound(Rows.Job(rows, rows.IsDBNull(Rows.JobColumnCount) ? null : Rows.Attempt(rows, Rows.JobColumnCount))));

    /// <summary>What the rules of the engine rely on.</summary>
    private static Job Sound(Job job)
    {
        var isSound = job.State switch
        {
            JobState.Pending => job.Phase is JobPhase.Queued or JobPhase.Scheduled or JobPhase.Backoff or JobPhase.Blocked && job.Attempt is not { Outcome: AttemptOutcome.Open },
            JobState.Assigned or JobState.Running => Enum.IsDefined(job.Phase) && job.Attempt is { Outcome: AttemptOutcome.Open },
            _ => false,
        };
        return isSound ? job : throw new FormatException($"job {job.Id} is {job.State}/{job.Phase} with attempt {job.Attempt?.Outcome}");
    }

    private ImmutableArray<Worker> Workers() => All("SELECT body FROM workers ORDER BY id", rows => Bodies.Read<Worker>(rows.GetString(0)));

    private ImmutableArray<Detection> OpenDetections() => All("SELECT body FROM detections WHERE settled IS NULL ORDER BY started", rows => Bodies.Read<Detection>(rows.GetString(0)));

    private ImmutableDictionary<string, long> Counters() =>
        All("SELECT name, value FROM counters", rows => KeyValuePair.Create(rows.GetString(0), rows.GetInt64(1))).ToImmutableDictionary();

    private ImmutableArray<StoredJobType> JobTypes()
    {
        var descriptors = All("SELECT body FROM descriptors", rows => DescriptorJson.Parse(rows.GetString(0))).ToDictionary(descriptor => descriptor.JobType);
        var described = All("SELECT type, saved, worker FROM descriptors", rows => (Type: rows.GetString(0), At: new DateTimeOffset(rows.GetInt64(1), TimeSpan.Zero), By: new WorkerId(rows.GetString(2)))).ToDictionary(row => row.Type);
        var known = All("SELECT body FROM known_forms", rows => DescriptorJson.Parse(rows.GetString(0))).ToDictionary(descriptor => descriptor.JobType);
        var configs = All($"SELECT {Rows.ConfigColumns} FROM configs c WHERE version = (SELECT max(version) FROM configs WHERE type = c.type)", row => Rows.Config(row, _secrets, _lost.Add)).ToDictionary(config => config.JobType);
        var schedules = All("SELECT type, body FROM schedules", rows => (Type: rows.GetString(0), Row: Bodies.Read<ScheduleRow>(rows.GetString(1)))).ToDictionary(pair => pair.Type, pair => pair.Row);
        var names = descriptors.Keys.Concat(configs.Keys).Concat(schedules.Keys).Concat(All("SELECT type FROM jobs WHERE ended = 0 UNION SELECT type FROM jobs WHERE ended = 1", rows => rows.GetString(0))).Distinct().Order(StringComparer.Ordinal);
        return
        [
            .. names.Select(name => new StoredJobType(
                name,
                descriptors.GetValueOrDefault(name),
                configs.GetValueOrDefault(name),
                schedules.GetValueOrDefault(name),
                HistoryQueries.RecentJobs(_connection, name, RecentJobs),
                All(
                    $"SELECT body FROM detections WHERE type = $1 AND settled IS NOT NULL ORDER BY started DESC LIMIT {RecentDetections}",
                    rows => Bodies.Read<Detection>(rows.GetString(0)),
                    name))
            {
                KnownForms = known.GetValueOrDefault(name),
                DescribedAt = described.TryGetValue(name, out var at) ? at.At : null,
                DescribedBy = described.TryGetValue(name, out var by) ? by.By : null,
            }),
        ];
    }

    private static string Prefixed(string table, string columns) => string.Join(", ", columns.Split(", ").Select(column => $"{table}.{column}"));

    private ImmutableArray<T> All<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object> values) => HistoryQueries.All(_connection, sql, read, values);
}

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// The tables, as numbered steps: forward only, each in one transaction. Times are UTC ticks, values JSON. Jobs that have not
/// ended change often and are few, so only ended ones are in the indexes of lists; activities are bounded by retention and are
/// scanned from the newest where no index is worth its writes.
/// </summary>
internal static class StoreSchema
{
    /// <summary>"BPA1": tells our files from other people's.</summary>
    public const int ApplicationId = 0x42504131;

    public static readonly IReadOnlyList<string> Steps =
    [
        """
        CREATE TABLE jobs (
          id TEXT PRIMARY KEY, type TEXT NOT NULL, origin INTEGER NOT NULL, dedupe_key TEXT NOT NULL, priority INTEGER NOT NULL, summary TEXT NOT NULL,
          labels TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, due INTEGER NOT NULL, expires INTEGER, completed INTEGER,
          detection TEXT, submitted_by TEXT NOT NULL, retry_of TEXT, config_version INTEGER NOT NULL, state INTEGER NOT NULL, phase INTEGER NOT NULL,
          reason INTEGER NOT NULL, attempts INTEGER NOT NULL, lost INTEGER NOT NULL, refused_by TEXT NOT NULL, retry_limit INTEGER, attempt_timeout INTEGER,
          estimate INTEGER NOT NULL, percent REAL NOT NULL, stage TEXT NOT NULL, message TEXT NOT NULL, error TEXT NOT NULL, result_summary TEXT NOT NULL,
          worker TEXT, ended INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX jobs_updated ON jobs (updated DESC, id DESC) WHERE ended = 1;
        CREATE INDEX jobs_type_updated ON jobs (type, updated DESC, id DESC) WHERE ended = 1;
        CREATE INDEX jobs_state_updated ON jobs (state, updated DESC, id DESC) WHERE ended = 1;
        CREATE INDEX jobs_type_state ON jobs (type, state, updated DESC, id DESC) WHERE ended = 1;
        CREATE INDEX jobs_open ON jobs (ended) WHERE ended = 0;
        CREATE INDEX jobs_detection ON jobs (detection) WHERE detection IS NOT NULL;
        CREATE TABLE job_payloads (job TEXT PRIMARY KEY, detail TEXT NOT NULL, parameters TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE job_results (job TEXT PRIMARY KEY, summary TEXT NOT NULL, outputs TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE attempts (
          job TEXT NOT NULL, request TEXT NOT NULL, sequence INTEGER NOT NULL, number INTEGER NOT NULL, worker TEXT NOT NULL, can_resume INTEGER NOT NULL,
          sent INTEGER NOT NULL, started INTEGER, ended INTEGER, outcome INTEGER NOT NULL, error TEXT NOT NULL, timeout INTEGER NOT NULL,
          cancel INTEGER NOT NULL, cancel_reason TEXT NOT NULL, PRIMARY KEY (job, request)) WITHOUT ROWID;
        CREATE TABLE workers (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE descriptors (type TEXT PRIMARY KEY, body TEXT NOT NULL, saved INTEGER NOT NULL, worker TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE configs (
          type TEXT NOT NULL, version INTEGER NOT NULL, descriptor_version INTEGER NOT NULL, admin_values TEXT NOT NULL, worker_values TEXT NOT NULL,
          runtime TEXT, saved INTEGER NOT NULL, saved_by TEXT NOT NULL, via TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (type, version)) WITHOUT ROWID;
        CREATE TABLE schedules (type TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE detections (
          id TEXT PRIMARY KEY, type TEXT NOT NULL, started INTEGER NOT NULL, settled INTEGER, body TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX detections_started ON detections (started DESC);
        CREATE INDEX detections_type_started ON detections (type, started DESC);
        CREATE INDEX detections_open ON detections (settled) WHERE settled IS NULL;
        CREATE TABLE proposals (
          detection TEXT NOT NULL, position INTEGER NOT NULL, outcome INTEGER NOT NULL, job TEXT, note TEXT NOT NULL, body TEXT NOT NULL,
          PRIMARY KEY (detection, position)) WITHOUT ROWID;
        CREATE TABLE activities (
          sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, source TEXT NOT NULL, message TEXT NOT NULL, stage TEXT NOT NULL, severity INTEGER NOT NULL,
          type TEXT NOT NULL, job TEXT, request TEXT, worker TEXT, actor TEXT NOT NULL, details TEXT NOT NULL);
        CREATE INDEX activities_job ON activities (job, sequence DESC) WHERE job IS NOT NULL;
        CREATE INDEX activities_request ON activities (request, sequence DESC) WHERE job IS NULL AND request IS NOT NULL;
        CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """,

        // Where jobs go and what stands in for a key; settings people made; ties of an update time by id upwards, as clients of the API expect.
        """
        ALTER TABLE jobs ADD COLUMN keyless INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN cluster TEXT;
        CREATE TABLE settings (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
        DROP INDEX jobs_updated;
        DROP INDEX jobs_type_updated;
        DROP INDEX jobs_state_updated;
        DROP INDEX jobs_type_state;
        CREATE INDEX jobs_updated ON jobs (updated DESC, id) WHERE ended = 1;
        CREATE INDEX jobs_type_updated ON jobs (type, updated DESC, id) WHERE ended = 1;
        CREATE INDEX jobs_state_updated ON jobs (state, updated DESC, id) WHERE ended = 1;
        CREATE INDEX jobs_type_state ON jobs (type, state, updated DESC, id) WHERE ended = 1;
        """,

        // Lists by creation, which never changes, so that their pages stand still; failures by what they have in common.
        """
        ALTER TABLE jobs ADD COLUMN fp TEXT;
        UPDATE jobs SET fp = fingerprint(type, reason, error) WHERE state = 5;
        CREATE INDEX jobs_created ON jobs (created DESC, id);
        CREATE INDEX jobs_type_created ON jobs (type, created DESC, id);
        CREATE INDEX jobs_state_created ON jobs (state, created DESC, id) WHERE ended = 1;
        CREATE INDEX jobs_type_state_created ON jobs (type, state, created DESC, id) WHERE ended = 1;
        CREATE TABLE operations (id TEXT PRIMARY KEY, started INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX jobs_fp ON jobs (fp, created DESC, id) WHERE fp IS NOT NULL;
        """,

        // The forms under which a config was saved, so that a later form can be compared with them.
        """
        CREATE TABLE known_forms (type TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
        """,

        // Which session of its worker held an attempt, and what its program ended with.
        """
        ALTER TABLE attempts ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE attempts ADD COLUMN exit_code INTEGER;
        """,

        // What a submitter may say of a job, and the key under which it is asked for again.
        """
        ALTER TABLE jobs ADD COLUMN deadline INTEGER;
        ALTER TABLE jobs ADD COLUMN retry_backoff INTEGER;
        ALTER TABLE jobs ADD COLUMN idem_key TEXT;
        ALTER TABLE jobs ADD COLUMN idem_digest TEXT;
        CREATE INDEX jobs_idem ON jobs (submitted_by, idem_key) WHERE idem_key IS NOT NULL;
        """,

        // How the jobs of a type are queued and given out.
        """
        ALTER TABLE configs ADD COLUMN dispatch TEXT;
        """,

        // Jobs that were submitted together; each knows all there is to know of its group.
        """
        ALTER TABLE jobs ADD COLUMN group_id TEXT;
        ALTER TABLE jobs ADD COLUMN group_index INTEGER;
        ALTER TABLE jobs ADD COLUMN group_count INTEGER;
        ALTER TABLE jobs ADD COLUMN group_running INTEGER;
        ALTER TABLE jobs ADD COLUMN group_policy INTEGER;
        CREATE INDEX jobs_group ON jobs (group_id, group_index) WHERE group_id IS NOT NULL;
        """,

        // Secrets, sealed, beside the values they belong to; null: none are.
        """
        ALTER TABLE configs ADD COLUMN admin_sealed TEXT;
        ALTER TABLE configs ADD COLUMN worker_sealed TEXT;
        ALTER TABLE job_payloads ADD COLUMN sealed TEXT;
        ALTER TABLE proposals ADD COLUMN sealed TEXT;
        """,

        // Schedules of jobs. Those of detection have their table by job type.
        """
        CREATE TABLE job_schedules (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
        """,

        // Secrets of schedules, sealed, as those of jobs.
        """
        ALTER TABLE job_schedules ADD COLUMN sealed TEXT;
        """,

        // How long a worker that was asked to stop has for it, and until when.
        """
        ALTER TABLE attempts ADD COLUMN cancel_grace INTEGER;
        ALTER TABLE attempts ADD COLUMN forced INTEGER;
        """,

        // What a job was retried as, and others with its key, among however many.
        """
        CREATE INDEX jobs_retry ON jobs (retry_of) WHERE retry_of IS NOT NULL;
        CREATE INDEX jobs_dedupe ON jobs (type, dedupe_key, created DESC, id) WHERE dedupe_key <> id;
        """,

        // What its worker called the failure of an attempt.
        """
        ALTER TABLE attempts ADD COLUMN error_class TEXT;
        """,

        // The process of its worker that had an attempt.
        """
        ALTER TABLE attempts ADD COLUMN instance TEXT;
        """,
    ];
}

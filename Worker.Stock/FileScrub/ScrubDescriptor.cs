using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>The forms of file_scrub.</summary>
public static class ScrubDescriptor
{
    public static JobTypeDescriptor Build() => new DescriptorBuilder("file_scrub", "File scrub", "Reads files below directories you name and compares them with the checksums of the last time.", "fa-fingerprint")
        .Admin(ScopeFields.Admin)
        .Worker(form => form
            .Section("scope", "Scope", "Where to look. Files are only read; symbolic links are never followed.", Scope)
            .Section("schedule", "Schedule", "Which files are due.", Schedule)
            .Section("effort", "Effort", "How much one job reads, and how fast.", Effort)
            .Section("findings", "Findings", "What is reported, and what is a failure.", Findings))
        .Runtime(runtime =>
        {
            runtime.Enabled = false;
            runtime.DetectionIntervalMinutes = 60;
            runtime.DetectionTimeoutSeconds = 300;
            runtime.MaxJobsPerDetection = 100;
            runtime.GlobalExecutionConcurrency = 16;
            runtime.PerWorkerExecutionConcurrency = 1;
            runtime.RetryLimit = 1;
            runtime.RetryBackoffSeconds = 60;
            runtime.JobTypeMaxRuntimeSeconds = 3600;
            runtime.ExecutionTimeoutSeconds = 3600;
        })
        .Build();

    // Not safe_root: what may be read is more than what may be changed, and the worker knows which.
    private static void Scope(SectionBuilder section) => ScopeFields.Worker(section, "Absolute directories, one per line; /, /dev, /proc and /sys are refused.", "absolute_path");

    private static void Schedule(SectionBuilder section)
    {
        section.Number("verify_every_days", "Verify every (days)", "New and changed files are read at once, others when this time has gone by.", 30).Range(0.01, 3650.0);
        section.Duration("untouched_for", "Untouched for", "Files still being written wait.", TimeSpan.FromHours(1)).Range(TimeSpan.Zero, TimeSpan.FromDays(30));
        section.Select("order", "Order", "Which files come first.", "oldest_first", ("oldest_first", "Longest not verified"), ("path", "By path"), ("random", "Random"));
    }

    private static void Effort(SectionBuilder section)
    {
        section.Integer("batch_files", "Files per job", "At most this many.", 500).Range(1L, 5000L);
        section.Integer("batch_mib", "MiB per job", "At most this much.", 4096).Range(1L, 1_048_576L);
        section.Number("io_limit_mib_per_second", "Read at most (MiB/s)", "For each job; 0 = as fast as it goes.", 0).Range(0.0, 10_000.0);
    }

    private static void Findings(SectionBuilder section)
    {
        section.Integer("confirm_reads", "Confirm by reads", "So many reads must agree before bit rot is reported.", 2).Range(1L, 5L);
        section.Toggle("accept_changed", "Accept changes", "Files somebody changed get their new checksum; off: they stay findings.", true);
        section.MultiSelect(
            "fail_on", "Fail on", "Findings that make the job fail. Tampered rows always do.", ["bit_rot", "unreadable"],
            ("bit_rot", "Bit rot"), ("missing", "Missing"), ("changed", "Changed"), ("unreadable", "Unreadable"));
        section.Bytes("manifest_key", "Manifest key", "Checksums are signed with it, so that who changes them is found out. After a new key all rows count as tampered once.").MinLength(16).Sensitive();
    }
}

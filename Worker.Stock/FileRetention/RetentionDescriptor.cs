using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>The form of file_retention.</summary>
public static class RetentionDescriptor
{
    private const string Overrides = "overrides";

    /// <summary>What a root may have otherwise than the others: which files, and what happens to them.</summary>
    public static IReadOnlySet<string> Overridable { get; } = Build().WorkerConfigForm.Sections
        .Where(section => section.SectionId is "selection" or "action")
        .SelectMany(section => section.Fields)
        .Select(field => field.Name)
        .Where(name => name != Overrides)
        .ToHashSet(StringComparer.Ordinal);

    public static JobTypeDescriptor Build() => new DescriptorBuilder("file_retention", "File retention", "Compresses, moves or deletes old and large files below directories you name.", "fa-recycle")
        .Admin(ScopeFields.Admin)
        .Worker(form => form
            .Section("scope", "Scope", "Where to look. Symbolic links are never followed.", Scope)
            .Section("selection", "Selection", "Which files. Age and size rules are joined by Match.", Selection)
            .Section("action", "Action", "What happens to them. Starts as a dry run.", Action))
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

    private static void Scope(SectionBuilder section) => ScopeFields.Worker(section, "Absolute directories, one per line; system directories are refused.", "safe_root");

    private static void Selection(SectionBuilder section)
    {
        section.Number("older_than_days", "Older than (days)", "0 = no age rule.", 30).Range(0.0, 36500.0).Check("not_both_zero:larger_than_mib");
        section.Number("larger_than_mib", "Larger than (MiB)", "0 = no size rule.", 0).Range(0.0, 1e9);
        section.Select("match", "Match", "Whether one rule is enough.", "any", ("any", "Any rule"), ("all", "All rules"));
        section.Select("age_basis", "Age counts from", "Content (mtime) or inode (ctime).", "mtime", ("mtime", "Last change of content"), ("ctime", "Last change of the inode"))
            .DisabledOption("atime", "Last access", "often not maintained");
        section.Duration("untouched_for", "Untouched for", "Younger files are never touched.", TimeSpan.FromMinutes(10)).Range(TimeSpan.Zero, TimeSpan.FromDays(30));
        section.Integer("min_keep", "Keep newest", "This many newest files of each directory stay.", 3).Range(0L, 100_000L);
        section.Number("act_below_free_percent", "Only below free space (%)", "0 = always; else only while less is free.", 0).Range(0.0, 100.0);
        section.MultiSelect(
            "weekdays", "Weekdays", "Days on which it looks.", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            ("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday"), ("thu", "Thursday"), ("fri", "Friday"), ("sat", "Saturday"), ("sun", "Sunday")).MinItems(1);
    }

    private static void Action(SectionBuilder section)
    {
        section.Select("action", "Action", "Compress in place, move elsewhere, or delete.", "gzip", ("gzip", "Compress (gzip)"), ("move", "Move"), ("delete", "Delete"));
        section.Integer("gzip_level", "Compression level", "1 is fast, 9 is small.", 6).Range(1L, 9L).VisibleWhen("action", "gzip");
        section.Text("move_to", "Move to", "A directory neither inside nor above any root.").Required().Check("safe_root").VisibleWhen("action", "move");
        section.Text("delete_word", "Confirm deletion", "Type delete: deleted files do not come back.").Required().Regex("delete", "type the word delete").VisibleWhen("action", "delete");
        section.Toggle("dry_run", "Dry run", "Reports what it would do and touches nothing.", true);
        section.Integer("batch_files", "Files per job", "At most this many.", 1000).Range(1L, 5000L);
        section.Integer("batch_mib", "MiB per job", "At most this much.", 10240).Range(1L, 1_048_576L);
        section.Map(Overrides, "Overrides", "Per root: an object with any of the keys above.").MaxItems(64);
    }
}

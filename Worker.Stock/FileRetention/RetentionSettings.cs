using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>What is selected below one root, and what happens to it.</summary>
public sealed record RetentionSettings : FileScope
{
    /// <summary>0 = no age rule.</summary>
    public double OlderThanDays { get; init; } = 30;

    /// <summary>0 = no size rule.</summary>
    public double LargerThanMib { get; init; }

    /// <summary>Both rules must hold, not just one.</summary>
    public bool MatchAll { get; init; }

    /// <summary>Age counts from the change of the inode instead of the content.</summary>
    public bool AgeByChange { get; init; }

    public TimeSpan UntouchedFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The newest matching files of each directory stay.</summary>
    public int MinKeep { get; init; } = 3;

    /// <summary>0 = always.</summary>
    public double ActBelowFreePercent { get; init; }

    public IReadOnlySet<DayOfWeek> Weekdays { get; init; } = new HashSet<DayOfWeek>(Enum.GetValues<DayOfWeek>());

    public string Action { get; init; } = "gzip";

    public int GzipLevel { get; init; } = 6;

    public string MoveTo { get; init; } = "";

    /// <summary>Deleting needs the word "delete".</summary>
    public string DeleteWord { get; init; } = "";

    public bool DryRun { get; init; } = true;

    public int BatchFiles { get; init; } = 1000;

    public double BatchMib { get; init; } = 10240;

    /// <summary>By the patterns alone; half-made files of our own never match.</summary>
    public override bool Matches(string relativePath) => base.Matches(relativePath) && !relativePath.EndsWith(FileActions.TemporarySuffix, StringComparison.Ordinal);

    /// <summary>A root may lie above an admin's data: there is nothing in it for this.</summary>
    public override bool IsClosed(string relativePath) => SafeRoot.IsOfAnAdmin(Path.Combine(Root, relativePath));

    /// <summary>Whether a folder on the way to a file is closed.</summary>
    public bool IsBelowClosed(string file)
    {
        var folder = Path.GetDirectoryName(file);
        while (folder is { Length: > 0 } && !IsClosed(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder is { Length: > 0 };
    }

    /// <summary>What is wrong with the overrides: one that is passed over would leave its root to the common action.</summary>
    /// <param name="keys">Names that may be overridden.</param>
    public static IEnumerable<string> OverrideProblems(ConfigReader config, IReadOnlySet<string> keys)
    {
        var roots = config.Texts("roots");
        foreach (var (root, own) in config.Map("overrides"))
        {
            if (!roots.Contains(root))
            {
                yield return $"overrides: {root} is not among the roots; write it exactly as there";
            }
            else if (own.KindCase != ConfigValue.KindOneofCase.MapValue)
            {
                yield return $"overrides: {root} must have an object with keys of its own, as in {{\"action\": \"gzip\"}}";
            }
            else if (own.MapValue.Fields.Keys.FirstOrDefault(key => !keys.Contains(key)) is { } unknown)
            {
                yield return $"overrides: {root} has {unknown}, which cannot be overridden; there are {string.Join(", ", keys.Order(StringComparer.Ordinal))}";
            }
        }
    }

    /// <summary>Reads the settings of every root, with its overrides laid over the common ones.</summary>
    public static IReadOnlyList<RetentionSettings> Read(ConfigReader config)
    {
        var overrides = config.Map("overrides");
        return [.. config.Texts("roots").Select(root => Of(
            root,
            overrides.TryGetValue(root, out var own) && own.KindCase == ConfigValue.KindOneofCase.MapValue ? config.Under(own.MapValue.Fields) : config))];
    }

    /// <summary>Rules over more than one field; the admin's form cannot say them.</summary>
    public IEnumerable<string> Problems(IReadOnlyList<string> roots, SafeRoot safe)
    {
        if (OlderThanDays <= 0 && LargerThanMib <= 0)
        {
            yield return $"{Root}: neither an age nor a size rule is set; every file would be selected";
        }

        if (Action == "delete" && DeleteWord != "delete")
        {
            yield return $"{Root}: deleting needs the word 'delete' in delete_word";
        }

        if (Action == "move")
        {
            if (safe.Problem(MoveTo) is { } problem)
            {
                yield return $"move_to: {problem}";
            }

            foreach (var root in roots.Where(root => SafeRoot.IsWithin(MoveTo, root) || SafeRoot.IsWithin(root, MoveTo)))
            {
                yield return $"move_to {MoveTo} must be neither inside nor above {root}";
            }
        }
    }

    private static RetentionSettings Of(string root, ConfigReader config) => new()
    {
        Root = root,
        Include = Included(config),
        Exclude = Excluded(config),
        MaxDepth = Depth(config),
        OneFileSystem = config.Bool("one_filesystem", true),
        OlderThanDays = config.Double("older_than_days", 30),
        LargerThanMib = config.Double("larger_than_mib"),
        MatchAll = config.Text("match", "any") == "all",
        AgeByChange = config.Text("age_basis", "mtime") == "ctime",
        UntouchedFor = config.Duration("untouched_for", TimeSpan.FromMinutes(10)),
        MinKeep = (int)Math.Clamp(config.Int64("min_keep", 3), 0, 100_000),
        ActBelowFreePercent = config.Double("act_below_free_percent"),
        Weekdays = Days(config.Texts("weekdays")),
        Action = config.Text("action", "gzip"),
        GzipLevel = (int)Math.Clamp(config.Int64("gzip_level", 6), 1, 9),
        MoveTo = config.Text("move_to"),
        DeleteWord = config.Text("delete_word"),
        DryRun = config.Bool("dry_run", true),
        BatchFiles = (int)Math.Clamp(config.Int64("batch_files", 1000), 1, 5000),
        BatchMib = Math.Clamp(config.Double("batch_mib", 10240), 1, 1_048_576),
    };

    private static HashSet<DayOfWeek> Days(IReadOnlyList<string> names) => names.Count == 0
        ? [.. Enum.GetValues<DayOfWeek>()]
        : [.. Enum.GetValues<DayOfWeek>().Where(day => names.Contains(day.ToString()[..3].ToLowerInvariant()))];
}

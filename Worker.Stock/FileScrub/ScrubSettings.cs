using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>What is read below one root, how often, and what counts as a failure.</summary>
public sealed record ScrubSettings : FileScope
{
    private const double Mib = 1024 * 1024;

    public TimeSpan VerifyEvery { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan UntouchedFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>oldest_first, path or random.</summary>
    public string Order { get; init; } = "oldest_first";

    public int BatchFiles { get; init; } = 500;

    public double BatchMib { get; init; } = 4096;

    /// <summary>Bytes per second; 0 = none.</summary>
    public double ReadLimit { get; init; }

    /// <summary>So many reads must agree before bit rot is reported.</summary>
    public int ConfirmReads { get; init; } = 2;

    /// <summary>Changed files get the new checksum, missing ones are forgotten in the end.</summary>
    public bool AcceptChanged { get; init; } = true;

    public IReadOnlySet<string> FailOn { get; init; } = new HashSet<string> { Finding.BitRot, Finding.Unreadable };

    /// <summary>Signs the rows of the manifest; empty = they are not signed.</summary>
    public byte[] Key { get; init; } = [];

    public static IReadOnlyList<ScrubSettings> Read(ConfigReader config) => [.. config.Texts("roots").Select(root => new ScrubSettings
    {
        Root = root,
        Include = Included(config),
        Exclude = Excluded(config),
        MaxDepth = Depth(config),
        OneFileSystem = config.Bool("one_filesystem", true),
        VerifyEvery = TimeSpan.FromDays(Math.Clamp(config.Double("verify_every_days", 30), 0.01, 3650)),
        UntouchedFor = config.Duration("untouched_for", TimeSpan.FromHours(1)),
        Order = config.Text("order", "oldest_first"),
        BatchFiles = (int)Math.Clamp(config.Int64("batch_files", 500), 1, 5000),
        BatchMib = Math.Clamp(config.Double("batch_mib", 4096), 1, 1_048_576),
        ReadLimit = Math.Clamp(config.Double("io_limit_mib_per_second"), 0, 10_000) * Mib,
        ConfirmReads = (int)Math.Clamp(config.Int64("confirm_reads", 2), 1, 5),
        AcceptChanged = config.Bool("accept_changed", true),
        FailOn = config.Texts("fail_on").ToHashSet(StringComparer.Ordinal),
        Key = config.Bytes("manifest_key"),
    })];
}

/// <summary>What can be said of a file that was to be read.</summary>
internal static class Finding
{
    public const string New = "new";
    public const string Ok = "ok";

    /// <summary>Size or time differ: somebody wrote to it.</summary>
    public const string Changed = "changed";

    /// <summary>Size and time are the same, the content is not.</summary>
    public const string BitRot = "bit_rot";

    public const string Missing = "missing";

    public const string Unreadable = "unreadable";

    /// <summary>The row of the manifest was not written by who has the key.</summary>
    public const string Tampered = "tampered";

    public static readonly IReadOnlyList<string> All = [New, Ok, Changed, BitRot, Missing, Unreadable, Tampered];
}

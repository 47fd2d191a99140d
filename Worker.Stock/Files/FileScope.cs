using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>One root and which of its files are meant.</summary>
public abstract record FileScope
{
    public required string Root { get; init; }

    public IReadOnlyList<Glob> Include { get; init; } = [new Glob("**/*")];

    public IReadOnlyList<Glob> Exclude { get; init; } = [];

    public int MaxDepth { get; init; } = 32;

    /// <summary>Mounts below the root are not entered.</summary>
    public bool OneFileSystem { get; init; } = true;

    /// <summary>By the patterns alone.</summary>
    public virtual bool Matches(string relativePath) => Include.Any(glob => glob.Matches(relativePath)) && !IsExcluded(relativePath);

    /// <summary>A folder that is not entered, whatever the patterns say.</summary>
    public virtual bool IsClosed(string relativePath) => false;

    public bool IsExcluded(string relativePath) => Exclude.Any(glob => glob.Matches(relativePath));

    public IEnumerable<FileFact> Files(CancellationToken cancellationToken) => FileWalk.Files(Root, Matches, IsExcluded, IsClosed, MaxDepth, OneFileSystem, cancellationToken);

    protected static IReadOnlyList<Glob> Included(ConfigReader config) => [.. config.Texts("include").DefaultIfEmpty("**/*").Select(pattern => new Glob(pattern))];

    protected static IReadOnlyList<Glob> Excluded(ConfigReader config) => [.. config.Texts("exclude").Select(pattern => new Glob(pattern))];

    protected static int Depth(ConfigReader config) => (int)Math.Clamp(config.Int64("max_depth", 32), 1, 256);
}

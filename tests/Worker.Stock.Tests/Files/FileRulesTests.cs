using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.Tests.Files;

/// <summary>Where file jobs may act, and which paths their patterns mean.</summary>
public sealed class FileRulesTests
{
    [Theory]
    [InlineData("/etc")]
    [InlineData("/usr/share")]
    [InlineData("/tmp")]
    [InlineData("/var/lib")]
    [InlineData("/")]
    [InlineData("relative/path")]
    [InlineData("/srv/../etc/x")]
    [InlineData("/does/not/exist")]
    public void DangerousRoots_AreRefused(string root) => Assert.NotNull(new SafeRoot("/nowhere/state", [], ["/root"]).Problem(root));

    [Theory]
    [InlineData("/", false)]
    [InlineData("/proc", false)]
    [InlineData("/dev/shm", false)]
    [InlineData("/sys", false)]
    [InlineData("/etc/", false)]
    [InlineData("/etc", true)]
    [InlineData("/usr", true)]
    [InlineData("/tmp", true)]
    public void RootsThatAreOnlyRead_MayBeAnyRealDirectory(string root, bool allowed) =>
        Assert.Equal(allowed, new SafeRoot("/nowhere/state", [], [], onlyReads: true).Problem(root) is null);

    [Theory]
    [InlineData("**/*.log", "a/b/c.log", true)]
    [InlineData("**/*.log", "c.log", true)]
    [InlineData("*.log", "a/c.log", false)]
    [InlineData("a/?.{log,txt}", "a/x.txt", true)]
    [InlineData(".git/**", ".git/objects/1", true)]
    [InlineData("[!a]*", "bcd", true)]
    public void Globs_Match(string pattern, string path, bool expected) => Assert.Equal(expected, new Glob(pattern).Matches(path));
}

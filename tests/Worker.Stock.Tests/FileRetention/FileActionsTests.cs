using BlazorPluginAdmin.WorkerStock.FileRetention;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.Tests.FileRetention;

/// <summary>What an action leaves behind, whatever happens.</summary>
public sealed class FileActionsTests : RetentionTest
{
    [Fact]
    public async Task Gzip_WithItsTargetThere_FailsThatFile_AndTheOthersGoOn()
    {
        var blocked = Old("a/1.log", "one");
        Old("a/1.log.gz", "there");
        var other = Old("a/2.log", "two");
        var outcome = await RunAsync();
        Assert.False(outcome.Success);
        Assert.Equal((1L, 1L, 0L), (outcome.Outputs["processed"].Wire.Int64Value, outcome.Outputs["failed"].Wire.Int64Value, outcome.Outputs["skipped"].Wire.Int64Value));
        Assert.Contains($"{blocked}.gz exists already", Assert.Single(outcome.Outputs["failures"].Wire.StringList.Values), StringComparison.Ordinal);
        Assert.Equal(("one", "there", false), (await File.ReadAllTextAsync(blocked), await File.ReadAllTextAsync(blocked + ".gz"), File.Exists(other)));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(Root, "a")).Length);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("move")]
    public async Task Canceled_WhileCopying_LeavesTheSourceAndNothingElse(string action)
    {
        var file = Old("a/x.log", new string('x', 3_000_000));
        using var folder = PinnedFolder.Open(Path.Combine(Root, "a"));
        using var target = PinnedFolder.Open(Path.Combine(Base, "files", "archive"), create: true);
        var fact = Posix.Look(file, "a/x.log")!;
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => action == "gzip"
            ? FileActions.Gzip(folder!, fact, 6, canceled.Token).Reclaimed > 0
            : FileActions.CopyAcross(folder!, fact, target!, "x.log", canceled.Token));
        Assert.Equal([file], Directory.GetFiles(Base, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Canceled_BetweenFiles_SaysWhatWasDone()
    {
        Old("a/x.log");
        var parameters = await ProposeAsync();
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        var outcome = await Host.ExecuteAsync(parameters, cancellationToken: canceled.Token);
        Assert.False(outcome.Success);
        Assert.StartsWith("context canceled", outcome.Text, StringComparison.Ordinal);
        Assert.Equal(0, outcome.Outputs["processed"].Wire.Int64Value);
    }

    [Fact]
    public async Task CopyAcross_KeepsContentModeAndTime_AndNeverOverwrites()
    {
        var file = Old("a/x.log", "content");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        using var folder = PinnedFolder.Open(Path.Combine(Root, "a"));
        using var target = PinnedFolder.Open(Path.Combine(Base, "files", "archive"), create: true);
        var fact = Posix.Look(file, "a/x.log")!;
        var copy = Path.Combine(target!.Path, "x.log");
        await File.WriteAllTextAsync(copy, "there");
        Assert.False(FileActions.CopyAcross(folder!, fact, target, "x.log", CancellationToken.None));
        Assert.True(FileActions.CopyAcross(folder!, fact, target, "x.log.1", CancellationToken.None));
        Assert.Equal(("there", "content"), (await File.ReadAllTextAsync(copy), await File.ReadAllTextAsync(copy + ".1")));
        Assert.Equal((LongAgo, UnixFileMode.UserRead | UnixFileMode.GroupRead), (File.GetLastWriteTimeUtc(copy + ".1"), File.GetUnixFileMode(copy + ".1")));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Move_ThroughALinkInTheTarget_IsRefused()
    {
        Configure("move");
        var file = Old("a/x.log", "content");
        var outside = Directory.CreateDirectory(Path.Combine(Base, "outside")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(Base, "files", "archive", "a"), outside);
        Assert.False((await RunAsync()).Success);
        Assert.True(File.Exists(file));
        Assert.Empty(Directory.GetFiles(outside));
    }

    [Fact]
    public async Task Move_KeepsTheRelativePath()
    {
        Configure("move");
        Old("a/b/x.log", "content");
        Assert.True((await RunAsync()).Success);
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(Base, "files", "archive", "a", "b", "x.log")));
    }

    [Theory]
    [InlineData("files/root/below")]
    [InlineData("files")]
    public async Task Move_IntoOrAboveARoot_IsRefused(string target)
    {
        Configure("move");
        Host.WorkerConfig["move_to"] = Directory.CreateDirectory(Path.Combine(Base, target)).FullName;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Host.DetectAsync());
    }

    [Fact]
    public async Task Owner_IsKept()
    {
        var file = Old("a/x.log");
        var before = Posix.Look(file, "x")!;
        using var chown = System.Diagnostics.Process.Start("/bin/chown", ["12345:54321", file]);
        await chown.WaitForExitAsync();

        // Only root may give files away; for everybody else the owner is their own, and is kept too.
        var (user, group) = chown.ExitCode == 0 ? (12345u, 54321u) : (before.User, before.Group);
        Assert.True((await RunAsync()).Success);
        Assert.Equal((user, group), Posix.Look(file + ".gz", "x") is { } after ? (after.User, after.Group) : default);
    }

    [Fact]
    public async Task HardLinkedFile_Deleted_ReclaimsNothing()
    {
        Configure("delete");
        var file = Old("a/x.log", "12345");
        Assert.Equal(5, (await RunAsync()).Outputs["reclaimed_bytes"].Wire.Int64Value);
        Old("a/x.log", "12345");
        using var ln = System.Diagnostics.Process.Start("/bin/ln", [file, Path.Combine(Base, "other")]);
        await ln.WaitForExitAsync();
        Assert.Equal(0, (await RunAsync()).Outputs["reclaimed_bytes"].Wire.Int64Value);
    }
}

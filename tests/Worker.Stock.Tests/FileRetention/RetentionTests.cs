using System.IO.Compression;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Tests.FileRetention;

public sealed class RetentionTests : RetentionTest
{
    [Fact]
    public async Task Gzip_KeepsContentTimeAndMode_AndRemovesTheSource()
    {
        var file = Old("a/x.log", "hello\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var modified = File.GetLastWriteTimeUtc(file);
        var outcome = await RunAsync();
        Assert.True(outcome.Success, outcome.Text);
        Assert.False(File.Exists(file));
        Assert.Equal(modified, File.GetLastWriteTimeUtc(file + ".gz"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file + ".gz"));
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file + ".gz"), CompressionMode.Decompress));
        Assert.Equal("hello\n", await reader.ReadToEndAsync());
        Assert.Single(Directory.GetFiles(Path.Combine(Root, "a")));
    }

    [Fact]
    public async Task DryRun_TouchesNothing()
    {
        Host.WorkerConfig["dry_run"] = true;
        var file = Old("a/x.log", "hello");
        Assert.Contains("would gzip", (await RunAsync(), Host.Output).Output, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Move_NeverOverwrites()
    {
        var target = Directory.CreateDirectory(Path.Combine(Base, "files", "archive")).FullName;
        Host.WorkerConfig["action"] = "move";
        Host.WorkerConfig["move_to"] = target;
        Old("a/x.log", "new");
        Directory.CreateDirectory(Path.Combine(target, "a"));
        await File.WriteAllTextAsync(Path.Combine(target, "a", "x.log"), "there already");
        Assert.True((await RunAsync()).Success);
        Assert.Equal("there already", await File.ReadAllTextAsync(Path.Combine(target, "a", "x.log")));
        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(target, "a", "x.log.1")));
    }

    [Fact]
    public async Task Delete_NeedsItsWord()
    {
        Host.WorkerConfig["action"] = "delete";
        var file = Old("a/x.log", "x");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Host.DetectAsync());
        Host.WorkerConfig["delete_word"] = "delete";
        Assert.True((await RunAsync()).Success);
        Assert.False(File.Exists(file));
        Assert.True(Directory.Exists(Path.GetDirectoryName(file)));
    }

    [Fact]
    public async Task WhatChangedSinceTheProposal_IsLeftAlone()
    {
        var changed = Old("a/changed.log", "one");
        var gone = Old("a/gone.log", "two");
        var parameters = await ProposeAsync();
        await File.AppendAllTextAsync(changed, "more");
        File.Delete(gone);
        var outcome = await Host.ExecuteAsync(parameters);
        Assert.True(outcome.Success);
        Assert.Contains("skipped (changed)", Host.Output, StringComparison.Ordinal);
        Assert.Contains("skipped (gone)", Host.Output, StringComparison.Ordinal);
        Assert.Equal("onemore", await File.ReadAllTextAsync(changed));
    }

    [Fact]
    public async Task LinksAreNeverFollowed_NotEvenWhenPlantedLater()
    {
        var outside = Directory.CreateDirectory(Path.Combine(Base, "outside", "secret")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "x.log"), "keep me");
        File.SetLastWriteTimeUtc(Path.Combine(outside, "x.log"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), outside);
        Old("a/x.log", "keep me");
        var parameters = await ProposeAsync();
        Assert.Single(Host.Proposals);
        Directory.Delete(Path.Combine(Root, "a"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(Root, "a"), outside);
        await Host.ExecuteAsync(parameters);
        Assert.Contains("skipped (unsafe)", Host.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(outside, "x.log")));
    }

    [Fact]
    public async Task NewestOfEachDirectory_Stay()
    {
        Host.WorkerConfig["min_keep"] = 2L;
        for (var n = 0; n < 5; n++)
        {
            File.SetLastWriteTimeUtc(Old($"a/{n}.log", "x"), new DateTime(2026, 1, 1 + n, 0, 0, 0, DateTimeKind.Utc));
        }

        Assert.True((await RunAsync()).Success);
        Assert.Equal(["3.log", "4.log"], Directory.GetFiles(Path.Combine(Root, "a"), "*.log").Select(Path.GetFileName).Order());
    }
}

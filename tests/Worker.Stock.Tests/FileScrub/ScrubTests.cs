using System.Diagnostics;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;
using BlazorPluginAdmin.WorkerStock.FileScrub;

namespace BlazorPluginAdmin.WorkerStock.Tests.FileScrub;

public sealed class ScrubTests : ScrubTest
{
    [Fact]
    public async Task RotEditAndRemoval_AreToldApart_AndTheExportIsWhatSha256SumTakes()
    {
        var rotten = Write("a/rotten", "one");
        Write("a/edited", "two");
        var removed = Write("a/removed", "three");
        Write("a/odd\\name\n", "four");
        Assert.Equal("new=4", Counts(await RunAsync()));
        Assert.Empty(await DueAsync());

        Rot(rotten);
        Write("a/edited", "two more", 120);
        File.Delete(removed);
        Clock.Advance(TimeSpan.FromDays(31));
        var before = Host.Output.Length;
        var outcome = await RunAsync();
        Assert.Equal("ok=1 changed=1 bit_rot=1 missing=1", Counts(outcome));
        Assert.Equal((false, "1 finding, first: a/rotten: bit_rot", "permanent"), (outcome.Success, outcome.Text, outcome.Outputs["error_class"].Wire.StringValue));
        Assert.Equal(["bit_rot", "changed", "missing"], outcome.Outputs["findings"].Wire.ListValue.Values.Select(finding => finding.MapValue.Fields["finding"].StringValue).Order());

        var (code, said) = await Sha256SumAsync(Host.Output[before..]);
        Assert.Equal(1, code);
        Assert.Equal(["a/rotten: FAILED"], said.Split('\n').Where(line => line.Contains("FAILED", StringComparison.Ordinal)).Select(line => line.Replace(Root + "/", "", StringComparison.Ordinal)));
        Assert.Equal(3, said.Split('\n').Count(line => line.EndsWith(": OK", StringComparison.Ordinal) || line.EndsWith(": FAILED", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RottenSegment_IsNextDayAgain_AndGoesFirst()
    {
        var rotten = Write("b/x", "one");
        Write("a/x", "two");
        foreach (var proposal in await Host.DetectAsync())
        {
            Assert.Equal(JobPriority.Normal, proposal.Priority);
            await Host.ExecuteAsync(proposal.Parameters);
        }

        Rot(rotten);
        Clock.Advance(TimeSpan.FromDays(31));
        foreach (var proposal in (await Host.DetectAsync()).ToList())
        {
            await Host.ExecuteAsync(proposal.Parameters);
        }

        Assert.Empty(await DueAsync());
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["b/x"], await DueAsync());
        Assert.Equal(JobPriority.High, Host.Proposals[0].Priority);

        // Restored as it was: all is well again.
        Rot(rotten);
        Assert.Equal("ok=1", Counts(await RunAsync()));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await DueAsync());
    }

    [Fact]
    public async Task FailOn_SaysWhatFails_AndChangesCanStayFindings()
    {
        Host.WorkerConfig["fail_on"] = new[] { "changed", "missing" };
        Host.WorkerConfig["accept_changed"] = false;
        var file = Write("a/x", "one");
        await RunAsync();
        Write("a/x", "other");
        Assert.False((await RunAsync()).Success);
        Assert.Empty(await DueAsync());
        Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal("changed=1", Counts(await RunAsync()));
        File.Delete(file);
        Clock.Advance(TimeSpan.FromDays(31));
        Assert.False((await RunAsync()).Success);
        Host.WorkerConfig["fail_on"] = Array.Empty<string>();
        Clock.Advance(TimeSpan.FromDays(31));
        Assert.True((await RunAsync()).Success);
    }

    [Fact]
    public async Task Missing_IsSaidAgain_ThenForgotten_UnlessItComesBack()
    {
        var file = Write("a/x", "one");
        Write("a/y", "two");
        await RunAsync();
        File.Delete(file);
        Assert.Equal("missing=1", Counts(await RunAsync()));
        Assert.Empty(await DueAsync());
        Write("a/x", "one", 60 * 24);
        Assert.Equal("changed=1", Counts(await RunAsync()));
        File.Delete(file);
        await RunAsync();
        Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal("ok=1", Counts(await RunAsync()));
        Assert.Contains("skipped (forgotten): a/x", Host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a/x", await File.ReadAllTextAsync(ManifestFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task YoungFiles_Wait_AndLinksAreNotFollowed()
    {
        Write("a/young", "x", 30);
        Write("a/x", "x");
        var outside = Directory.CreateDirectory(Path.Combine(Base, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "x"), "secret");
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), outside);
        Assert.Equal(["a/x"], await DueAsync());
        var parameters = Host.Proposals[0].Parameters;
        Directory.Delete(Path.Combine(Root, "a"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(Root, "a"), outside);
        await Host.ExecuteAsync(parameters);
        Assert.Contains("skipped (unsafe): a/x", Host.Output, StringComparison.Ordinal);
        parameters["files"] = Value.List([new ProposedFile("../outside/x", 1, 1).ToValue()]);
        await Host.ExecuteAsync(parameters);
        Assert.Contains("skipped (unsafe): ../outside/x", Host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_FindsOutWhoChangesTheManifest()
    {
        Host.WorkerConfig["manifest_key"] = "0123456789abcdef"u8.ToArray();
        var file = Write("a/x", "one");
        Write("a/y", "two");
        await RunAsync();
        var manifest = await File.ReadAllTextAsync(ManifestFile);
        Assert.DoesNotContain("0123456789abcdef", manifest, StringComparison.Ordinal);
        Rot(file);
        var row = new ManifestStore(Path.Combine(Base, "state")).Load(Root)["a/x"];
        await File.WriteAllTextAsync(ManifestFile, manifest.Replace(row.Sha256, new string('0', 64), StringComparison.Ordinal));
        var outcome = await RunAsync();
        Assert.Equal(("tampered=1", false, "permanent"), (Counts(outcome), outcome.Success, outcome.Outputs["error_class"].Wire.StringValue));
        Assert.Empty(await DueAsync());

        // A signature that was taken away does not make a row a trusted one.
        row = new ManifestStore(Path.Combine(Base, "state")).Load(Root)["a/y"];
        await File.WriteAllTextAsync(ManifestFile, (await File.ReadAllTextAsync(ManifestFile)).Replace(row.Mac, "", StringComparison.Ordinal));
        Assert.Equal(["a/y"], await DueAsync());
    }

    [Fact]
    public async Task Batches_FollowTheOrder_AndTheLimits()
    {
        Write("a/3", new string('x', 700_000), 100);
        Write("a/1", new string('x', 700_000), 300);
        Write("a/2", new string('x', 100), 200);
        Host.WorkerConfig["batch_mib"] = 1L;
        Assert.Equal(["a/1", "a/2"], await DueAsync());
        Host.WorkerConfig["batch_files"] = 1L;
        Assert.Equal(["a/1"], await DueAsync());
        Host.WorkerConfig["batch_files"] = 10L;
        Host.WorkerConfig["batch_mib"] = 10L;
        Host.WorkerConfig["order"] = "path";
        Assert.Equal(["a/1", "a/2", "a/3"], await DueAsync());
        Host.WorkerConfig["order"] = "random";
        Assert.Equal(["a/1", "a/2", "a/3"], (await DueAsync()).Order());
        var proposal = Host.Proposals[0];
        Assert.Equal(($"file_scrub:test-worker:{Root}#a", "test-worker", 1_400_100L), (proposal.DedupeKey, proposal.Labels["require.worker_id"], proposal.Parameters["total_bytes"].Wire.Int64Value));
        Assert.Equal(Clock.GetUtcNow().AddHours(24), proposal.ExpiresAt);
    }

    [Fact]
    public async Task Canceled_KeepsWhatWasRead()
    {
        Write("a/x", "x");
        var parameters = Assert.Single(await Host.DetectAsync()).Parameters;
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        var outcome = await Host.ExecuteAsync(parameters, cancellationToken: canceled.Token);
        Assert.StartsWith("context canceled", outcome.Text, StringComparison.Ordinal);
        Assert.Equal(["a/x"], await DueAsync());
    }

    [Fact]
    public async Task ReadLimit_Waits()
    {
        Host.WorkerConfig["io_limit_mib_per_second"] = 1.0;
        Write("a/x", new string('x', 3 * 1024 * 1024));
        var parameters = Assert.Single(await Host.DetectAsync()).Parameters;
        var running = Host.ExecuteAsync(parameters);
        for (var second = 0; second < 3; second++)
        {
            await Clock.ArmedAsync(TimeSpan.FromSeconds(1));
            Assert.False(running.IsCompleted);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("new=1", Counts(await running));
    }

    [Fact]
    public async Task FileThatReadsDifferentlyEachTime_IsUnreadable_NotRotten()
    {
        var file = Write("a/x", new string('x', 2 * 1024 * 1024));
        await RunAsync();
        Rot(file);
        Clock.Advance(TimeSpan.FromDays(31));
        Host.WorkerConfig["io_limit_mib_per_second"] = 1.0;
        var running = Host.ExecuteAsync(Assert.Single(await Host.DetectAsync()).Parameters);
        for (var mib = 1; mib <= 4; mib++)
        {
            await Clock.ArmedAsync(TimeSpan.FromSeconds(1));
            if (mib == 3)
            {
                // The first MiB of the second reading is in: the other one comes as another.
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                stream.Seek(-1, SeekOrigin.End);
                stream.WriteByte((byte)'y');
            }

            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var outcome = await running;
        Assert.Equal(("unreadable=1", false), (Counts(outcome), outcome.Success));
        Assert.Contains("unreadable: a/x: it reads differently each time", Host.Output, StringComparison.Ordinal);
        Assert.Equal(0, outcome.Outputs["bit_rot"].Wire.Int64Value);
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/no/such/place")]
    public async Task RootsThatCannotBeRead_AreSaid(string root)
    {
        Host.WorkerConfig["roots"] = new[] { root };
        Assert.Contains(root, (await Assert.ThrowsAsync<InvalidOperationException>(() => Host.DetectAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedManifest_IsNotReplacedSilently()
    {
        Write("a/x", "x");
        await RunAsync();
        await File.AppendAllTextAsync(ManifestFile, "{half");
        Assert.Contains("line 3", (await Assert.ThrowsAsync<InvalidDataException>(() => Host.DetectAsync())).Message, StringComparison.Ordinal);
        Assert.Equal([ManifestFile], Directory.GetFiles(Path.GetDirectoryName(ManifestFile)!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ManifestFile));
    }

    private static async Task<(int Code, string Said)> Sha256SumAsync(string lines)
    {
        using var process = Process.Start(new ProcessStartInfo("sha256sum", ["-c"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(lines);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}

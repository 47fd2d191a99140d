using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.Tests.FileRetention;

/// <summary>Trees and jobs made by somebody who wants harm done.</summary>
public sealed class HostileTreeTests : RetentionTest
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("move")]
    [InlineData("delete")]
    public async Task DirectorySwappedForALink_AgainAndAgain_NothingOutsideIsTouched(string action)
    {
        Configure(action);
        var outside = Directory.CreateDirectory(Path.Combine(Base, "outside", "secret")).FullName;
        var victim = Path.Combine(outside, "x.log");
        var folder = Path.Combine(Root, "a");
        using var stop = new CancellationTokenSource();
        Old("a/x.log");
        var parameters = await ProposeAsync();

        // The victim looks exactly like what was proposed; only the way to it is a link.
        await File.WriteAllTextAsync(victim, "x");
        File.SetLastWriteTimeUtc(victim, LongAgo);
        Directory.Move(folder, folder + ".real");
        Directory.CreateSymbolicLink(folder + ".link", outside);
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(folder + ".real", folder);
                Directory.Move(folder, folder + ".real");
                Directory.Move(folder + ".link", folder);
                Directory.Move(folder, folder + ".link");
            }
        });
        for (var round = 0; round < 200; round++)
        {
            await Host.ExecuteAsync(parameters);
        }

        await stop.CancelAsync();
        await swapping;
        Assert.Equal(["x.log"], Directory.GetFiles(outside).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("move", true)]
    [InlineData("delete", true)]
    public async Task HardLinks_AreNotCompressed_AndTheOtherNameStays(string action, bool acts)
    {
        Configure(action);
        var file = Old("a/x.log", "shared");
        var other = Path.Combine(Base, "other");
        await LinkAsync(file, other);
        Assert.Equal(acts ? ["a/x.log"] : [], await SelectedAsync());
        if (acts)
        {
            await RunAsync();
            Assert.False(File.Exists(file));
        }

        Assert.Equal("shared", await File.ReadAllTextAsync(other));
    }

    [Fact]
    public async Task FileReplacedAfterTheProposal_IsLeftAlone()
    {
        Configure("delete");
        var file = Old("a/x.log", "old");
        var parameters = await ProposeAsync();
        File.Delete(file);
        Old("a/x.log", "new!", LongAgo.AddDays(1));
        await Host.ExecuteAsync(parameters);
        Assert.Contains("skipped (changed)", Host.Output, StringComparison.Ordinal);
        Assert.Equal("new!", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task FileSwappedForALink_IsUnsafe()
    {
        Configure("delete");
        var file = Old("a/x.log");
        var parameters = await ProposeAsync();
        File.Move(file, Path.Combine(Base, "elsewhere"));
        File.CreateSymbolicLink(file, Path.Combine(Base, "elsewhere"));
        await Host.ExecuteAsync(parameters);
        Assert.Contains("skipped (unsafe)", Host.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Base, "elsewhere")));
    }

    [Theory]
    [InlineData("a/line\nbreak.log")]
    [InlineData("a/quote\"'`$(x);.log")]
    [InlineData("new\nline/x.log")]
    [InlineData("a/- --rf.log")]
    [InlineData("a/\u001b[31mred.log")]
    [InlineData("a/ünï©ode \u202e.log")]
    public async Task StrangeNames_AreHandled_AndSaidInOneLine(string name)
    {
        var file = Old(name, "content");
        Assert.True((await RunAsync()).Success);
        Assert.True(File.Exists(file + ".gz"));
        Assert.False(File.Exists(file));
        Assert.Equal('\n', Assert.Single(Host.Output, char.IsControl));
    }

    [Fact]
    public async Task LineBreakInAName_DoesNotEscapeTheExcludedPatterns()
    {
        Old(".git/ob\njects/1");
        Old("a/x.log\n");
        Host.WorkerConfig["exclude"] = new[] { ".git/**", "**/*.log" };
        Assert.Equal(["a/x.log\n"], await SelectedAsync());
    }

    [Theory]
    [InlineData("../../outside")]
    [InlineData("a/../../../outside")]
    [InlineData("/etc/hostname")]
    [InlineData("")]
    [InlineData(".")]
    public async Task PathsOutOfTheRoot_InAJob_AreNotTouched(string path)
    {
        Configure("delete");
        var outside = Path.Combine(Base, "outside");
        await File.WriteAllTextAsync(outside, "x");
        File.SetLastWriteTimeUtc(outside, LongAgo);
        var outcome = await Host.ExecuteAsync(Job(Value.List([Value.Map([new("path", path), new("size", 1L), new("mtime_ns", new DateTimeOffset(LongAgo).ToUnixTimeMilliseconds() * 1_000_000)])])));
        Assert.Equal(0, outcome.Outputs.Where(output => output.Key == "processed").Sum(output => output.Value.Wire.Int64Value));
        Assert.True(File.Exists(outside));
        Assert.True(Directory.Exists(Root));
    }

    public static TheoryData<string, Value> NoFiles => new()
    {
        { "text", "not a list" },
        { "map", Value.Map([]) },
        { "list of texts", new[] { "a/1.log" } },
        { "list of nothing", Value.List([default]) },
        { "without a size", Value.List([Value.Map([new("path", "a/1.log"), new("mtime_ns", 1L)])]) },
        { "size as text", Value.List([Value.Map([new("path", "a/1.log"), new("size", "1"), new("mtime_ns", 1L)])]) },
    };

    [Theory]
    [MemberData(nameof(NoFiles), DisableDiscoveryEnumeration = true)]
    public async Task FilesThatAreNoList_AreRefused(string what, Value files) =>
        Assert.True((await Host.ExecuteAsync(Job(files))).Outputs["error_class"].Wire.StringValue == "permanent", what);

    [Fact]
    public async Task ParametersOfAJob_CannotWidenWhatIsConfigured()
    {
        Configure("gzip");
        var elsewhere = Directory.CreateDirectory(Path.Combine(Base, "files", "elsewhere")).FullName;
        var file = Old("a/x.log");
        var parameters = await ProposeAsync();
        parameters["roots"] = new[] { elsewhere };
        parameters["root"] = elsewhere;
        Assert.Contains("not among the configured roots", (await Host.ExecuteAsync(parameters)).Text, StringComparison.Ordinal);
        parameters["root"] = Root;
        parameters["action"] = "delete";
        Assert.Contains("is configured for gzip", (await Host.ExecuteAsync(parameters)).Text, StringComparison.Ordinal);
        parameters["action"] = "gzip";
        parameters["dry_run"] = false;
        Host.WorkerConfig["dry_run"] = true;
        Assert.True((await Host.ExecuteAsync(parameters)).Success);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task TenThousandFiles_InOneDirectory_AreHandledInBatches()
    {
        Configure("delete");
        Host.WorkerConfig["min_keep"] = 10L;
        Host.WorkerConfig["batch_files"] = 5000L;
        Directory.CreateDirectory(Path.Combine(Root, "a"));
        for (var n = 0; n < 10_000; n++)
        {
            var file = Path.Combine(Root, "a", $"{n:00000}.log");
            await File.WriteAllTextAsync(file, "");
            File.SetLastWriteTimeUtc(file, LongAgo.AddSeconds(n));
        }

        Host.WorkerConfig["larger_than_mib"] = 0.0;
        Assert.Equal(5000, (await RunAsync()).Outputs["processed"].Wire.Int64Value);
        Assert.Equal(4990, (await RunAsync()).Outputs["processed"].Wire.Int64Value);
        Assert.Equal(Enumerable.Range(9990, 10).Select(n => $"{n:00000}.log"), Directory.GetFiles(Path.Combine(Root, "a")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("/home/somebody")]
    [InlineData("/srv/data/state/below")]
    [InlineData("/srv/data")]
    [InlineData("/usr/local/x")]
    [InlineData("/srv/data/")]
    [InlineData("/proc/self/fd")]
    public void HomesStateAndSystem_AreRefused(string root) => Assert.NotNull(new SafeRoot("/srv/data/state", [], ["/home/somebody"]).Problem(root));

    [Fact]
    public void Roots_AreCheckedTogether_AgainstLinksFencesAndAdmins()
    {
        var one = Directory.CreateDirectory(Path.Combine(Root, "one", "two")).FullName;
        var outer = Path.GetDirectoryName(one)!;
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), outer);
        var safe = new SafeRoot("/nowhere/state", [Root], []);
        Assert.Empty(safe.Problems([one]));
        Assert.Contains("lies inside", Assert.Single(safe.Problems([outer, one])), StringComparison.Ordinal);
        Assert.Contains("named twice", Assert.Single(safe.Problems([one, one])), StringComparison.Ordinal);
        Assert.Contains("symbolic link", safe.Problem(Path.Combine(Root, "link", "two")), StringComparison.Ordinal);
        Assert.Contains("outside the directories", safe.Problem(Directory.CreateDirectory(Path.Combine(Base, "files", "else")).FullName), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(outer, "admin.db"), "");
        Assert.Contains("an admin keeps its data", safe.Problem(one), StringComparison.Ordinal);
    }

    /// <summary>Neither found nor touched when somebody asks for it.</summary>
    [Fact]
    public async Task DataOfAnAdmin_BelowARoot_IsLeftAlone()
    {
        Configure("delete");
        Old("a/x.log");
        Old("data/logs/x.log");
        Old("data/admin.db");
        Assert.Equal(["a/x.log"], await SelectedAsync());
        var fact = new FileInfo(Path.Combine(Root, "data", "logs", "x.log"));
        await Host.ExecuteAsync(Job(Value.List([new ProposedFile("data/logs/x.log", fact.Length, (LongAgo - DateTimeOffset.UnixEpoch).Ticks * 100).ToValue()])));
        Assert.Contains("skipped (unsafe): data/logs/x.log", Host.Output, StringComparison.Ordinal);
        Assert.True(fact.Exists);
    }

    private ValueSet Job(Value files) => new() { ["root"] = Root, ["files"] = files };

    private static async Task LinkAsync(string file, string other)
    {
        using var ln = System.Diagnostics.Process.Start("/bin/ln", [file, other]);
        await ln.WaitForExitAsync();
    }
}

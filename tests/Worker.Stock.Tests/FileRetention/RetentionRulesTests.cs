using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.FileRetention;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.Tests.FileRetention;

/// <summary>Which files, how many at once, and when.</summary>
public sealed class RetentionRulesTests : RetentionTest
{
    [Theory]
    [InlineData(30, 0, "any", new[] { "big-old", "old" })]
    [InlineData(0, 1, "any", new[] { "big-new", "big-old" })]
    [InlineData(30, 1, "any", new[] { "big-new", "big-old", "old" })]
    [InlineData(30, 1, "all", new[] { "big-old" })]
    public async Task AgeAndSize_AreJoinedByMatch(double days, double mib, string match, string[] expected)
    {
        Old("old");
        Old("big-old", new string('x', 1_100_000));
        Old("big-new", new string('x', 1_100_000), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        Old("new", "x", TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        Host.WorkerConfig["older_than_days"] = days;
        Host.WorkerConfig["larger_than_mib"] = mib;
        Host.WorkerConfig["match"] = match;
        Assert.Equal(expected, await SelectedAsync());
    }

    [Fact]
    public async Task NeitherAgeNorSize_IsRefused()
    {
        Host.WorkerConfig["older_than_days"] = 0.0;
        Assert.Contains("every file would be selected", (await Assert.ThrowsAsync<InvalidOperationException>(() => Host.DetectAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JustTouched_IsNeverSelected()
    {
        Old("a", new string('x', 1_100_000), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-5));
        Host.WorkerConfig["larger_than_mib"] = 1.0;
        Assert.Empty(await SelectedAsync());
        Host.WorkerConfig["untouched_for"] = TimeSpan.FromMinutes(1);
        Assert.Equal(["a"], await SelectedAsync());
    }

    [Fact]
    public async Task AgeByInode_CountsFromItsChange()
    {
        Old("a");
        Host.WorkerConfig["age_basis"] = "ctime";
        Assert.Empty(await SelectedAsync());
    }

    [Fact]
    public async Task Depth_AndPatterns_LimitTheWalk()
    {
        Old("x.log");
        Old("a/x.log");
        Old("a/b/x.log");
        Old("a/x.txt");
        Old(".git/x.log");
        Host.WorkerConfig["include"] = new[] { "**/*.log" };
        Assert.Equal(["a/b/x.log", "a/x.log", "x.log"], await SelectedAsync());
        Host.WorkerConfig["max_depth"] = 2L;
        Assert.Equal(["a/x.log", "x.log"], await SelectedAsync());
        Host.WorkerConfig["exclude"] = new[] { "a/**" };
        Assert.Equal([".git/x.log", "x.log"], await SelectedAsync());
    }

    [Fact]
    public async Task Compressed_AndHalfMadeFiles_AreNotCompressed()
    {
        Old("a/x.gz");
        Old($"a/.y{FileActions.TemporarySuffix}");
        Assert.Empty(await SelectedAsync());
        Configure("delete");
        Assert.Equal(["a/x.gz"], await SelectedAsync());
    }

    [Fact]
    public async Task Batches_AreOnePerSegment_OldestFirst_WithinTheLimits()
    {
        for (var n = 0; n < 4; n++)
        {
            Old($"a/{n}", new string('x', 600_000), LongAgo.AddDays(-n));
            Old($"b/{n}", "x", LongAgo.AddDays(-n));
        }

        Old("top");
        Host.WorkerConfig["batch_files"] = 3L;
        Host.WorkerConfig["batch_mib"] = 1L;
        Assert.Equal(["a/3", "b/1", "b/2", "b/3", "top"], await SelectedAsync());
        var proposal = Host.Proposals[2];
        Assert.Equal(($"file_retention:test-worker:{Root}#b", "test-worker"), (proposal.DedupeKey, proposal.Labels["require.worker_id"]));
        Assert.Equal((Root, "b", "gzip", 3L, false), (Text(proposal, "root"), Text(proposal, "segment"), Text(proposal, "action"), proposal.Parameters["total_bytes"].Wire.Int64Value, proposal.Parameters["dry_run"].Wire.BoolValue));
        Assert.InRange(proposal.ExpiresAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task MoreRootsThanAsked_StopAtTheLimit()
    {
        Old("a/x");
        Old("b/x");
        Assert.Single(await Host.DetectAsync(maxResults: 1));
    }

    [Fact]
    public async Task Overrides_HoldForTheirRootAlone_AndCannotSkipTheWord()
    {
        var other = Directory.CreateDirectory(Path.Combine(Base, "files", "other")).FullName;
        Old("a/x");
        Old("../other/a/x");
        Host.WorkerConfig["roots"] = new[] { Root, other };
        Override(other, KeyValuePair.Create("action", (Value)"delete"));
        Assert.Contains("delete_word", (await Assert.ThrowsAsync<InvalidOperationException>(() => Host.DetectAsync())).Message, StringComparison.Ordinal);
        Override(other, KeyValuePair.Create("action", (Value)"delete"), KeyValuePair.Create("delete_word", (Value)"delete"));
        Assert.Equal(["gzip", "delete"], (await Host.DetectAsync()).Select(proposal => Text(proposal, "action")));
    }

    [Fact]
    public async Task Weekdays_AreThoseOfTheWorkersClock()
    {
        Old("a/x");
        var monday = new ManualTimeProvider();
        monday.Advance(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero) - monday.GetUtcNow());
        var host = HostAt(monday);
        host.WorkerConfig["roots"] = new[] { Root };
        host.WorkerConfig["min_keep"] = 0L;
        host.WorkerConfig["weekdays"] = new[] { "tue", "sun" };
        Assert.Empty(await SelectedAsync(host));
        host.WorkerConfig["weekdays"] = new[] { "mon" };
        Assert.Equal(["a/x"], await SelectedAsync(host));
    }

    [Fact]
    public async Task EnoughFreeSpace_NothingHappens_NotEvenToWhatWasProposed()
    {
        Old("a/x");
        Host.WorkerConfig["act_below_free_percent"] = 100.0;
        var parameters = await ProposeAsync();
        Host.WorkerConfig["act_below_free_percent"] = 1e-9;
        Assert.Empty(await SelectedAsync());
        await Host.ExecuteAsync(parameters);
        Assert.Contains("skipped (enough_free)", Host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewestFiles_StayEvenWhenOthersWentSinceTheProposal()
    {
        Configure("delete");
        Host.WorkerConfig["min_keep"] = 1L;
        Old("a/1", "x", LongAgo.AddDays(-1));
        Old("a/2");
        var parameters = await ProposeAsync();
        File.Delete(Path.Combine(Root, "a", "2"));
        await Host.ExecuteAsync(parameters);
        Assert.Contains("skipped (kept): a/1", Host.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Root, "a", "1")));
    }

    /// <summary>Passed over, they would leave their root to the common action.</summary>
    [Fact]
    public async Task OverridesThatSayNothing_StopEverything()
    {
        Old("a/x");
        Override(Root + "/", KeyValuePair.Create("dry_run", (Value)true));
        await RefusedAsync("is not among the roots");
        Host.WorkerConfig["overrides"] = Value.Map([KeyValuePair.Create(Root, (Value)"gzip")]);
        await RefusedAsync("must have an object");
        Override(Root, KeyValuePair.Create("dryrun", (Value)true));
        await RefusedAsync("has dryrun, which cannot be overridden");
        Override(Root, KeyValuePair.Create("dry_run", (Value)true));
        Assert.Single(await Host.DetectAsync());

        async Task RefusedAsync(string why) => Assert.Contains(why, (await Assert.ThrowsAsync<InvalidOperationException>(() => Host.DetectAsync())).Message, StringComparison.Ordinal);
    }

    private static string Text(Proposal proposal, string name) => proposal.Parameters[name].Wire.StringValue;

    private void Override(string root, params IEnumerable<KeyValuePair<string, Value>> values) =>
        Host.WorkerConfig["overrides"] = Value.Map([KeyValuePair.Create(root, Value.Map(values))]);
}

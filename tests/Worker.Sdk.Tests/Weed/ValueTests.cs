using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>Must 13: the stored configuration as it is, limits of a detection, the time of the last success.</summary>
public sealed class ValueTests(WeedMessages messages) : WeedTest(messages)
{
    [Fact]
    public async Task Must13_FirstConfig_HasEveryDefaultOfTheForms()
    {
        await StartAdminAsync();
        await ConnectAsync(Reading());
        var config = (await Admin.ConfigAsync("reading"))!;
        Assert.Equal(["count", "flag", "list", "name", "ratio", "wait"], config.WorkerConfigValues.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["limit"], config.AdminConfigValues.Keys);
        Assert.Equal("7|True|a,b|x|0.5|00:01:30|3", await ReadAsync());
    }

    [Fact]
    public async Task Must13_MissingKeys_AreReadFromTheDescriptor()
    {
        await StartAdminAsync();
        await ConnectAsync(Reading());
        await Admin.ConfigureAsync(new PersistedJobTypeConfig { JobType = "reading", WorkerConfigValues = { ["count"] = new ConfigValue { Int64Value = 8 } } });
        Assert.Equal("8|True|a,b|x|0.5|00:01:30|3", await ReadAsync());
    }

    [Fact]
    public async Task Must13_OtherKinds_AreTakenWhereNothingIsLost()
    {
        await StartAdminAsync();
        await ConnectAsync(Reading());
        await Admin.ConfigureAsync(new PersistedJobTypeConfig
        {
            JobType = "reading",
            WorkerConfigValues =
            {
                ["count"] = new ConfigValue { DoubleValue = 9 },
                ["flag"] = new ConfigValue { StringValue = "false" },
                ["list"] = new ConfigValue { StringValue = "c, d" },
                ["name"] = new ConfigValue { StringList = new StringList { Values = { "y", "z" } } },
                ["ratio"] = new ConfigValue { Int64Value = 2 },
                ["wait"] = new ConfigValue { Int64Value = 5 },
            },
            AdminConfigValues = { ["limit"] = new ConfigValue { StringValue = "4" } },
        });
        Assert.Equal("9|False|c,d|y,z|2|00:00:05|4", await ReadAsync());
    }

    [Fact]
    public async Task Must13_KindsThatCannotBeUsed_CountAsAbsent()
    {
        await StartAdminAsync();
        await ConnectAsync(Reading());
        await Admin.ConfigureAsync(new PersistedJobTypeConfig
        {
            JobType = "reading",
            WorkerConfigValues =
            {
                ["count"] = new ConfigValue { DoubleValue = 9.5 },
                ["flag"] = new ConfigValue { Int64Value = 1 },
                ["list"] = new ConfigValue(),
                ["ratio"] = new ConfigValue { StringValue = "half" },
                ["wait"] = new ConfigValue { BoolValue = true },
            },
        });
        Assert.Equal("7|True|a,b|x|0.5|00:01:30|3", await ReadAsync());
    }

    [Theory]
    [InlineData(0, 5, false)]
    [InlineData(3, 3, true)]
    [InlineData(9, 5, false)]
    public async Task Must13_MaxResults_AreKept_AndMoreIsSaid(int most, int found, bool hasMore)
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("a", async context =>
        {
            for (var n = 0; n < 5; n++)
            {
                await context.ProposeAsync(new Proposal { Id = $"p{n}" });
            }
        }));
        var detection = await Admin.DetectAsync("a", most);
        Assert.Equal((found, hasMore), (detection.Proposals.Count, Assert.Single(detection.HasMore)));
        Assert.Equal(found, (await Admin.NextAsync(Body.DetectionComplete)).DetectionComplete.TotalProposals);
    }

    [Fact]
    public async Task Must13_LastSuccessfulRun_LetsAHandlerKeepItsOwnInterval()
    {
        await StartAdminAsync();
        await ConnectAsync(new Played("a", async context =>
        {
            if (context.LastSuccessfulRun is { } last && TimeProvider.System.GetUtcNow() - last < TimeSpan.FromHours(1))
            {
                context.Report("skipped", "it ran less than an hour ago");
                return;
            }

            await context.ProposeAsync(new Proposal { Id = "p" });
        }));
        Assert.Single((await Admin.DetectAsync("a")).Proposals);
        await Admin.SucceededAsync("a", (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1)).ToUnixTimeSeconds());
        Assert.Empty((await Admin.DetectAsync("a")).Proposals);
        Assert.Equal(("skipped", ""), (await Admin.NextAsync(Body.JobProgressUpdate)).JobProgressUpdate is { } update ? (update.Stage, update.JobId) : default);
        await Admin.SucceededAsync("a", (TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(2)).ToUnixTimeSeconds());
        Assert.Single((await Admin.DetectAsync("a")).Proposals);
    }

    /// <summary>What is stored is a wish: the admin itself gives a job 90 s at least, and more by its estimated runtime.</summary>
    [Fact]
    public async Task Must13_StoredTimeout_EndsNothing_TheAdminsCancelDoes()
    {
        await StartAdminAsync();
        await ConnectAsync(new Played(
            "a",
            execute: async context =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1.3), TimeProvider.System, context.Canceled);
                return JobOutcome.Succeeded("took longer than is stored");
            },
            describe: builder => builder.Runtime(runtime => runtime.ExecutionTimeoutSeconds = 1)));
        Assert.Equal(("succeeded", ""), (await Admin.ExecuteAsync("a", "j1")) is { } job ? (job.State, job.Error) : default);
    }

    private static Played Reading() => new(
        "reading",
        execute: context =>
        {
            var config = context.Config;
            var text = FormattableString.Invariant(
                $"{config.Int64("count")}|{config.Bool("flag")}|{string.Join(',', config.Texts("list"))}|{config.Text("name")}|{config.Double("ratio")}|{config.Duration("wait")}|{config.Int64("limit")}");
            return Task.FromResult(JobOutcome.Succeeded(text));
        },
        describe: builder => builder
            .Admin(form => form.Section("s", "S", "", section => section.Integer("limit", "Limit", "", 3)))
            .Worker(form => form.Section("s", "S", "", section =>
            {
                section.Integer("count", "Count", "", 7);
                section.Toggle("flag", "Flag", "", true);
                section.List("list", "List", "", new[] { "a", "b" });
                section.Text("name", "Name", "", "x");
                section.Number("ratio", "Ratio", "", 0.5);
                section.Duration("wait", "Wait", "", TimeSpan.FromSeconds(90));
            })));

    private async Task<string> ReadAsync()
    {
        Assert.Equal("succeeded", (await Admin.ExecuteAsync("reading", "j1")).State);
        return (await Admin.NextAsync(Body.JobCompleted)).JobCompleted.Result.Summary;
    }
}

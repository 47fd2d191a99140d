using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerStock;
using BlazorPluginAdmin.WorkerStock.Commands;
using BlazorPluginAdmin.WorkerStock.FileRetention;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>The job types of the stock worker do their work for a <c>weed admin</c>.</summary>
public sealed class StockTests(WeedMessages messages) : WeedTest(messages)
{
    private readonly string _base = Directory.CreateTempSubdirectory("weed-stock-").FullName;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_base, recursive: true);
    }

    [Fact]
    public async Task Command_RunsAProgram_AndItsOutputIsInTheResult()
    {
        await StartAdminAsync();
        await ConnectAsync(new CommandHandler(Options(), TimeProvider.System));
        var job = await Admin.ExecuteAsync(Command("echo", "hello", "there"));
        Assert.Equal(("succeeded", ""), (job.State, job.Error));
        var result = (await Admin.NextAsync(Body.JobCompleted)).JobCompleted.Result;
        Assert.Equal(("hello there\n", 0L), (result.OutputValues["stdout"].StringValue, result.OutputValues["exit_code"].Int64Value));
    }

    [Fact]
    public async Task Command_ThatTakesTooLong_IsEnded()
    {
        await StartAdminAsync(new WeedSettings { ExecutionFloor = 0.2 });
        await ConnectAsync(new CommandHandler(Options(), TimeProvider.System));
        Assert.Equal("canceled", (await Admin.ExecuteAsync(Command("sleep", "600"))).State);
        Assert.Contains("context canceled", (await Admin.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileRetention_FindsOldFiles_AndCompressesThem()
    {
        var root = Directory.CreateDirectory(Path.Combine(_base, "files")).FullName;
        var old = Path.Combine(root, "old.log");
        await File.WriteAllTextAsync(old, "old lines");
        File.SetLastWriteTimeUtc(old, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await StartAdminAsync();
        await ConnectAsync(new RetentionHandler(Options(), TimeProvider.System));

        // It does not start by itself: a person says where to look, and that it is meant.
        Assert.True((await Admin.RunAsync("file_retention")).Disabled);
        var config = (await Admin.ConfigAsync("file_retention"))!;
        config.AdminRuntime.Enabled = true;
        config.WorkerConfigValues["roots"] = new ConfigValue { StringList = new StringList { Values = { root } } };
        config.WorkerConfigValues["dry_run"] = new ConfigValue { BoolValue = false };
        config.WorkerConfigValues["min_keep"] = new ConfigValue { Int64Value = 0 };
        await Admin.ConfigureAsync(config);
        var run = await Admin.RunAsync("file_retention");
        Assert.Equal("", run.DetectionError);
        Assert.Equal(("succeeded", ""), Assert.Single(run.Jobs) is { } job ? (job.State, job.Error) : default);
        Assert.Equal(["old.log.gz"], Directory.GetFiles(root).Select(Path.GetFileName));
        Assert.Empty((await Admin.RunAsync("file_retention")).Jobs);
    }

    private StockOptions Options() => new() { StateDirectory = Path.Combine(_base, "state") };

    private static JobSpec Command(string program, params string[] arguments) => new()
    {
        JobId = "j1",
        JobType = "command",
        Parameters =
        {
            ["command"] = new ConfigValue { StringValue = program },
            ["args"] = new ConfigValue { StringList = new StringList { Values = { arguments } } },
        },
    };
}

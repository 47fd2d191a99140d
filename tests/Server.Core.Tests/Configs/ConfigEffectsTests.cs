using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Server.Core.Tests.Configs;

public sealed class ConfigEffectsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly RuntimeSettings Before = new() { Enabled = true, DetectionIntervalMinutes = 60, GlobalExecutionConcurrency = 4, PerWorkerExecutionConcurrency = 1, ExecutionTimeoutSeconds = 600 };

    private static readonly JobTypeView Type = new()
    {
        Name = "t",
        DisplayName = "T",
        CanDetect = true,
        Policy = RuntimePolicy.Resolve(Before, null),
        Counts = new JobCounts { Running = 4 },
        LastStartedAt = Noon.AddMinutes(-20),
    };

    [Fact]
    public void NothingChanged_HasNoEffect() => Assert.Empty(Of(Before));

    [Fact]
    public void LowerLimit_NamesTheJobsThatFinishFirst() =>
        Assert.Contains("Running at once 4 → 2: 2 running jobs finish first", Of(Before with { GlobalExecutionConcurrency = 2 }));

    [Theory]
    [InlineData(30, 10)]
    [InlineData(10, 0)]
    public void OtherInterval_MovesTheNextDetection_ButNotIntoThePast(int minutes, int inMinutes)
    {
        var effect = Assert.Single(ConfigEffects.Of(Type, Before with { DetectionIntervalMinutes = minutes }, 0, Noon, TimeSpan.Zero));
        Assert.Equal(("The next detection moves to", Noon.AddMinutes(inMinutes)), (effect.Text, effect.At));
    }

    [Fact]
    public void SwitchedOff_SaysThatQueuedJobsStillRun() =>
        Assert.Equal(["No detection starts by itself any more; jobs that are queued still run"], Of(Before with { Enabled = false }));

    [Fact]
    public void NumberThatIsNotUsed_IsSaid() =>
        Assert.Contains("Attempt timeout (s): 30 saved, 90 used (floor for detected jobs)", Of(Before with { ExecutionTimeoutSeconds = 30 }));

    [Fact]
    public void TypeThatNeverDetects_HearsNothingOfDetectedJobs()
    {
        var effects = ConfigEffects.Of(Type with { CanDetect = false }, Before with { ExecutionTimeoutSeconds = 30 }, 0, Noon, TimeSpan.Zero).Select(effect => effect.Text);
        Assert.Equal(["Attempt timeout (s) 600 → 30: for attempts that start after the save"], effects);
        Assert.DoesNotContain(RuntimeForm.Of(null, detects: false).Fields, field => field.HelpText.Contains("detected", StringComparison.Ordinal));
        Assert.Contains(RuntimeForm.Of(null).Fields, field => field.HelpText == "At least 90 for detected jobs.");
        Assert.Equal(["Enabled", "Running at once", "Running per worker", "Attempt timeout (s)", "Retries", "Retry after (s)"], RuntimeForm.Of(null, detects: false).Fields.Select(field => field.Label));
        Assert.Contains(RuntimeForm.Of(null).Fields, field => field.Label == "Longest turn (s)");
    }

    private static IEnumerable<string> Of(RuntimeSettings after) => ConfigEffects.Of(Type, after, 0, Noon, TimeSpan.Zero).Select(effect => effect.Text);
}

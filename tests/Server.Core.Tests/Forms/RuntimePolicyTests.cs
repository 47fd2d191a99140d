using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class RuntimePolicyTests
{
    private static readonly RuntimeSettings Described = new()
    {
        Enabled = true,
        DetectionIntervalMinutes = 17,
        GlobalExecutionConcurrency = 16,
        PerWorkerExecutionConcurrency = 4,
        RetryLimit = 1,
        ExecutionTimeoutSeconds = 30,
    };

    [Fact]
    public void NothingKnown_IsDisabledWithFallbacks()
    {
        var runtime = RuntimePolicy.Resolve(null, null);
        Assert.False(runtime.Enabled);
        Assert.Equal(TimeSpan.FromMinutes(5), runtime.DetectionInterval);
        Assert.Equal(TimeSpan.FromSeconds(45), runtime.DetectionTimeout);
        Assert.Equal(TimeSpan.FromSeconds(90), runtime.ExecutionTimeout);
        Assert.Equal(TimeSpan.FromMinutes(30), runtime.MaxRuntime);
        Assert.Equal((1_000, 1, 1, 0), (runtime.MaxJobsPerDetection, runtime.GlobalConcurrency, runtime.PerWorkerConcurrency, runtime.RetryLimit));
        Assert.Equal(TimeSpan.FromSeconds(5), runtime.RetryBackoff);
    }

    [Fact]
    public void NotConfigured_TakesTheDescriptorsDefaults()
    {
        var runtime = RuntimePolicy.Resolve(null, Described);
        Assert.True(runtime.Enabled);
        Assert.Equal(TimeSpan.FromMinutes(17), runtime.DetectionInterval);
        Assert.Equal(1, runtime.RetryLimit);
    }

    [Fact]
    public void Configured_GapsAreFilledButEnabledAndRetriesStand()
    {
        var runtime = RuntimePolicy.Resolve(new RuntimeSettings { DetectionIntervalMinutes = 3 }, Described);
        Assert.False(runtime.Enabled);
        Assert.Equal(0, runtime.RetryLimit);
        Assert.Equal(TimeSpan.FromMinutes(3), runtime.DetectionInterval);
        Assert.Equal(16, runtime.GlobalConcurrency);
    }

    [Fact]
    public void NumbersOutsideTheBounds_AreClampedAndSaidSo()
    {
        var runtime = RuntimePolicy.Resolve(
            new RuntimeSettings { GlobalExecutionConcurrency = 500, PerWorkerExecutionConcurrency = 200, ExecutionTimeoutSeconds = 30 }, null);
        Assert.Equal((128, 128), (runtime.GlobalConcurrency, runtime.PerWorkerConcurrency));
        Assert.Equal(TimeSpan.FromSeconds(30), runtime.SubmittedExecutionTimeout);
        Assert.Equal(TimeSpan.FromSeconds(90), runtime.ExecutionTimeout);
        Assert.Equal([(500, 128), (200, 128), (30, 90)], runtime.Clamps.Select(clamp => (clamp.Saved, clamp.Used)));
    }

    [Fact]
    public void SixtyEightYears_AreKept() =>
        Assert.Equal(
            TimeSpan.FromSeconds(int.MaxValue),
            RuntimePolicy.Resolve(new RuntimeSettings { ExecutionTimeoutSeconds = int.MaxValue }, null).ExecutionTimeout);

    [Fact]
    public void NegativeRetryLimit_IsNone_WhateverTheDescriptorSays() =>
        Assert.Equal(0, RuntimePolicy.Resolve(new RuntimeSettings { RetryLimit = -1 }, new RuntimeSettings { RetryLimit = 3 }).RetryLimit);
}

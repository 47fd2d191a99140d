using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Tests of handlers see what a worker would see of them, without a network and without waiting.</summary>
public sealed class HandlerTestHostTests
{
    [Fact]
    public async Task Deadline_IsThatOfTheHostsClock_AndPassesWithIt()
    {
        var (handler, clock) = (new Blocking(), new ManualTimeProvider());
        var host = new HandlerTestHost(handler) { TimeProvider = clock, Timeout = TimeSpan.FromMinutes(1) };
        var running = host.ExecuteAsync([]);
        await handler.Started.Task.InTimeAsync("the start");
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(handler.Canceled.Task.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTimeAsync("the end"));
        host = new HandlerTestHost(new Picky()) { TimeProvider = clock, Timeout = TimeSpan.FromMinutes(1) };
        Assert.Equal($"{clock.GetUtcNow() + TimeSpan.FromMinutes(1):O}", (await host.ExecuteAsync([])).Outputs["deadline"].Wire.StringValue);
    }

    [Fact]
    public async Task AnnouncedStop_IsHeard()
    {
        var handler = new Blocking();
        var host = new HandlerTestHost(handler);
        var running = host.ExecuteAsync([]);
        await handler.Started.Task.InTimeAsync("the start");
        host.AnnounceStop();
        await handler.Stopping.Task.InTimeAsync("the word that the worker stops");
        handler.Release.SetResult();
        Assert.True((await running.InTimeAsync("the end")).Success);
    }

    [Fact]
    public async Task Findings_FailTheAttemptForGood()
    {
        var outcome = await new HandlerTestHost(new Picky()).ExecuteAsync(new ValueSet { ["count"] = -1L });
        Assert.Equal((false, "count is negative; and odd", "permanent"), (outcome.Success, outcome.Text, outcome.Outputs["error_class"].Wire.StringValue));
    }

    [Fact]
    public async Task Activities_AndValuesOfAWrongKind_AreKept()
    {
        var host = new HandlerTestHost(new Picky());
        host.WorkerConfig["count"] = true;
        await host.ExecuteAsync(new ValueSet { ["share"] = true });
        await host.DetectAsync();
        Assert.Equal(["looking", "config", "config", "config"], host.Activities.Select(activity => activity.Stage));
        Assert.Equal("looks around", host.Activities[0].Message);
        Assert.StartsWith("count is stored as BoolValue", host.Activities[1].Message, StringComparison.Ordinal);
        Assert.StartsWith("share is stored as BoolValue", host.Activities[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheAdminKnows_IsWhatTheTestSays()
    {
        var (handler, last) = (new Curious(), new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1)));
        var host = new HandlerTestHost(handler);
        await host.DetectAsync();
        Assert.Equal((null, 0, 0, ""), handler.Seen);
        host.LastSuccessfulRun = last;
        host.Sequence = 7;
        host.Runtime = new AdminRuntimeConfig { RetryLimit = 3 };
        host.Cluster = new ClusterContext { FilerAddresses = { "filer:8888" } };
        await host.DetectAsync();
        Assert.Equal((last, 7, 3, "filer:8888"), handler.Seen);
        host.Labels["team"] = "blue";
        Assert.Equal("blue", (await host.ExecuteAsync([])).Text);
    }

    [Fact]
    public void HandlerWithoutADescriptor_IsNamed() => Assert.StartsWith(
        $"the handler {typeof(Undescribed)} has no descriptor",
        Assert.Throws<ArgumentException>(() => new HandlerTestHost(new Undescribed())).Message,
        StringComparison.Ordinal);

    private sealed class Undescribed : IJobHandler
    {
        public JobTypeDescriptor Descriptor => null!;
    }

    private sealed class Curious : IJobHandler
    {
        public (DateTimeOffset?, long, int, string) Seen { get; private set; }

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("curious", "Curious").Build();

        public Task DetectAsync(DetectionContext context)
        {
            Seen = (context.LastSuccessfulRun, context.Sequence, context.Runtime.RetryLimit, string.Concat(context.Cluster.FilerAddresses));
            return Task.CompletedTask;
        }

        public Task<JobOutcome> ExecuteAsync(JobContext context) => Task.FromResult(JobOutcome.Succeeded(context.Labels["team"]));
    }

    private sealed class Picky : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("picky", "Picky").Build();

        public Task<IReadOnlyList<string>> ValidateAsync(ConfigReader config, CancellationToken canceled) =>
            Task.FromResult<IReadOnlyList<string>>(config.Int64("count") < 0 ? ["count is negative", "and odd"] : []);

        public Task DetectAsync(DetectionContext context) => Task.FromResult(context.Config.Int64("count"));

        public Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            context.Activity("looks around", "looking");
            _ = context.Parameters.Double("share");
            return Task.FromResult(JobOutcome.Succeeded("", new ValueSet { ["deadline"] = context.Deadline?.ToString("O") ?? "" }));
        }
    }
}

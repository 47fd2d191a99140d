using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>A real worker that is stopped, asked to end, or not there, and an admin whose clock a test sets forward.</summary>
public sealed class WorkerSignalTests : IAsyncLifetime
{
    private static readonly WorkerId Id = new("stock-1");

    private readonly string _folder = Directory.CreateTempSubdirectory("signals-").FullName;
    private readonly LeapingTime _time = new();
    private AdminApp? _app;

    private IAdmin Admin => _app!.Services.GetRequiredService<IAdmin>();

    public async Task InitializeAsync() =>
        _app = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true }, services => services.AddSingleton<TimeProvider>(_time));

    public async Task DisposeAsync()
    {
        await _app!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task StoppedWorker_IsUnhealthy_ThenLost_AndComesBackWhenItGoesOn()
    {
        using var worker = await StartAsync();
        var job = await SubmitAsync();
        await UntilAsync(state => state.Jobs[job].State == JobState.Running, "the job runs");

        // The heartbeat that follows it has come: none is under way when time leaps.
        await UntilAsync(state => state.Workers[Id].Session is { } session && state.Sessions[session].Heartbeat is { ExecutionSlotsUsed: 1 }, "the heartbeat with the job");
        await worker.SignalAsync("STOP");
        Assert.Equal(WorkerHealth.Healthy, Admin.States.Current.Value.Workers[Id].Health);

        await LeapAsync(TimeSpan.FromSeconds(31));
        Assert.Equal((WorkerHealth.Unhealthy, JobState.Running), (Admin.States.Current.Value.Workers[Id].Health, Admin.States.Current.Value.Jobs[job].State));
        await LeapAsync(TimeSpan.FromSeconds(31));
        Assert.Equal((WorkerHealth.Disconnected, JobState.Pending), (Admin.States.Current.Value.Workers[Id].Health, Admin.States.Current.Value.Jobs[job].State));

        await worker.SignalAsync("CONT");
        await UntilAsync(state => state.Workers[Id].Health == WorkerHealth.Healthy, "the worker is back");
        await UntilAsync(state => state.Jobs[job] is { State: JobState.Running, Attempts: 2 }, "the second attempt runs");
        await GoAsync(job);
        var record = await Admin.History.JobAsync(job, CancellationToken.None);
        Assert.Equal([AttemptOutcome.WorkerLost, AttemptOutcome.Succeeded], record!.Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task DrainedWorker_ThatIsAskedToEnd_FinishesItsJob_AndGetsNoOther()
    {
        using var worker = await StartAsync();
        var running = await SubmitAsync();
        await UntilAsync(state => state.Jobs[running].State == JobState.Running, "the job runs");
        Assert.True((await Admin.SendAsync(new DrainWorker(Actor.LocalRest, Id, true, "update"), CancellationToken.None)).IsAccepted);
        var other = await SubmitAsync();
        var ended = worker.TerminateAsync();
        Assert.Equal("all_draining", Admin.Explain(other)!.Waiting.Code);

        await GoAsync(running);
        Assert.Equal(JobState.Succeeded, (await Admin.History.JobAsync(running, CancellationToken.None))!.Job.State);
        Assert.Equal(0, await ended.InTimeAsync("the end of the worker"));
        Assert.Equal((JobState.Pending, 0), (Admin.States.Current.Value.Jobs[other].State, Admin.States.Current.Value.Jobs[other].Attempts));
    }

    [Fact]
    public async Task JobWithoutAWorker_HasNoAttempt_HoweverLongItWaits_AndRunsOnTheFirstThatComes()
    {
        using (var once = await StartAsync())
        {
            await once.TerminateAsync().InTimeAsync("the end of the worker");
        }

        await UntilAsync(state => state.Workers[Id].Session is null, "the worker is away");
        var job = await SubmitAsync();
        await LeapAsync(TimeSpan.FromMinutes(10));
        Assert.Equal("no_capable_worker", Admin.Explain(job)!.Waiting.Code);
        Assert.Equal(0, Admin.States.Current.Value.Jobs[job].Attempts);
        Assert.Empty((await Admin.History.JobAsync(job, CancellationToken.None))!.Attempts);

        using var worker = await StartAsync();
        await UntilAsync(state => state.Jobs[job] is { State: JobState.Running, Attempts: 1 }, "it runs");
        await GoAsync(job);
    }

    private async Task<StockWorker> StartAsync()
    {
        var worker = StockWorker.Start(_app!.GrpcAddress, Path.Combine(_folder, "worker"));
        await UntilAsync(state => state.JobTypes.GetValueOrDefault("command") is { Descriptor: not null, Executors.Length: > 0 }, "the worker's forms are known");
        return worker;
    }

    /// <summary>A command that ends when it is told to.</summary>
    private async Task<JobId> SubmitAsync()
    {
        var script = $"until [ -e '{_folder}/go' ]; do sleep 0.05; done";
        var parameters = ConfigValues.Empty.With("command", new ConfigValue.Text("/bin/sh")).With("args", new ConfigValue.TextList(["-c", script]));
        var reply = await Admin.SendAsync(
            new SubmitJob(Actor.LocalRest, "command", JobOrigin.Rest, new JobPayload("", parameters), RetryLimit: 1) { RetryBackoff = TimeSpan.FromSeconds(1) }, CancellationToken.None);
        Assert.True(reply.IsAccepted, reply.Refusal?.Text);
        return reply.Value.Job.Id;
    }

    private async Task GoAsync(JobId job)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "go"), "");
        await UntilAsync(state => !state.Jobs.ContainsKey(job), "the end of the job");
    }

    /// <summary>The engine sleeps by the system's clock; whatever is asked of it makes it look at its own.</summary>
    private async Task LeapAsync(TimeSpan span)
    {
        _time.Leap(span);
        await Admin.SendAsync(new SetPriority(Actor.LocalRest, new JobId("nobody"), 1), CancellationToken.None);
    }

    private async Task UntilAsync(Func<AdminState, bool> condition, string what)
    {
        await FollowAsync().InTimeAsync(what);

        async Task FollowAsync()
        {
            for (var version = -1L; ;)
            {
                (version, var state) = await Admin.States.NewerAsync(version, CancellationToken.None);
                if (condition(state))
                {
                    return;
                }
            }
        }
    }
}

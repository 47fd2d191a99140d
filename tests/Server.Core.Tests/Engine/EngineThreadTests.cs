using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

/// <summary>The real thread on the real clock: it sleeps, wakes, stops, and ends the process when a commit's outcome is not known.</summary>
public sealed class EngineThreadTests : IDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(1);

    private readonly FaultyStore _store = new();
    private readonly AdminEngine _engine;
    private readonly Admin _admin;
    private readonly ReadModelPublisher _views;
    private readonly Lifetime _lifetime = new();
    private readonly EngineThread _thread;

    public EngineThreadTests()
    {
        _engine = new AdminEngine(_store, new RecordingLink(), new NoLaneLock(), new AdminOptions(), TimeProvider.System, new IdSource(new Random(1)), NullLogger<AdminEngine>.Instance);
        _views = new ReadModelPublisher(_engine, TimeProvider.System);
        _admin = new Admin(_engine, _store, _views);
        _thread = new EngineThread(_engine, _lifetime, TimeProvider.System, NullLogger<EngineThread>.Instance);
    }

    public void Dispose()
    {
        _thread.Dispose();
        _views.Dispose();
        _engine.Dispose();
        _lifetime.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Commands_AreAnsweredFromSleep_AndTheStopIsHeardInIt()
    {
        await _thread.StartAsync(CancellationToken.None);
        for (var n = 0; n < 200; n++)
        {
            var reply = await _admin.SendAsync(new SubmitJob(Actor.LocalRest, "nobody", JobOrigin.Rest, JobPayload.Empty), CancellationToken.None).WaitAsync(Hang);
            Assert.Equal(RefusalCode.Invalid, reply.Refusal!.Code);
        }

        await _thread.StopAsync(CancellationToken.None).WaitAsync(Hang);
    }

    [Fact]
    public async Task StopAtOnce_IsHeard()
    {
        await _thread.StartAsync(CancellationToken.None);
        await _thread.StopAsync(CancellationToken.None).WaitAsync(Hang);
    }

    [Fact]
    public async Task SomethingDue_WakesTheSleeper()
    {
        await _thread.StartAsync(CancellationToken.None);
        var hello = new WorkerInput.Hello(
            _admin.NextSession(), new WorkerId("w"), "i", "", "", "1", "1", [new Capability("echo", false, true, 1, 1, "", "", 0)],
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, []);
        await _admin.PostAsync(hello, CancellationToken.None);
        await UntilAsync(state => !state.Workers.IsEmpty);
        var reply = await _admin.SendAsync(
            new SubmitJob(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty, NotBefore: TimeProvider.System.GetUtcNow().AddMilliseconds(50)), CancellationToken.None).WaitAsync(Hang);
        await UntilAsync(state => state.Jobs[reply.Value!.Job.Id].State == JobState.Assigned);
        await _thread.StopAsync(CancellationToken.None).WaitAsync(Hang);
    }

    [Fact]
    public async Task HostThatHasStarted_IsHeardInSleep()
    {
        await _thread.StartAsync(CancellationToken.None);
        var before = _engine.States.Current.Version;
        _lifetime.Start();
        await _engine.States.NewerAsync(before, CancellationToken.None).AsTask().WaitAsync(Hang);
        await _thread.StopAsync(CancellationToken.None).WaitAsync(Hang);
    }

    [Theory]
    [InlineData(CommitFault.LostBefore)]
    [InlineData(CommitFault.LostAfter)]
    public async Task CommitWithUnknownOutcome_EndsTheProcess_AndNothingIsAnswered(CommitFault fault)
    {
        var before = Environment.ExitCode;
        try
        {
            await _thread.StartAsync(CancellationToken.None);
            _store.Next = fault;
            var hello = new WorkerInput.Hello(
                _admin.NextSession(), new WorkerId("w"), "i", "", "", "1", "1", [], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, []);
            await _admin.PostAsync(hello, CancellationToken.None);
            await _lifetime.StopAsked.WaitAsync(Hang);
            Assert.Equal(74, Environment.ExitCode);
            Assert.Empty(_engine.States.Current.Value.Workers);
            await _thread.StopAsync(CancellationToken.None).WaitAsync(Hang);
        }
        finally
        {
            Environment.ExitCode = before;
        }
    }

    [Fact]
    public async Task StoreThatRefuses_FailsTheStart_WithItsWords()
    {
        var folder = Directory.CreateTempSubdirectory("refused-").FullName;
        var file = Path.Combine(folder, "admin.db");
        await File.WriteAllTextAsync(file, "somebody's notes");
        using var store = new SqliteAdminStore(file);
        using var engine = new AdminEngine(store, new RecordingLink(), new NoLaneLock(), new AdminOptions(), TimeProvider.System, new IdSource(new Random(1)), NullLogger<AdminEngine>.Instance);
        using var thread = new EngineThread(engine, _lifetime, TimeProvider.System, NullLogger<EngineThread>.Instance);
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => thread.StartAsync(CancellationToken.None));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private async Task UntilAsync(Func<AdminState, bool> reached)
    {
        for (var current = _engine.States.Current; !reached(current.Value);)
        {
            current = await _engine.States.NewerAsync(current.Version, CancellationToken.None).AsTask().WaitAsync(Hang);
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();
        private readonly CancellationTokenSource _stopping = new();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StopAsked => _asked.Task;

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => _asked.TrySetResult();

        public void Dispose()
        {
            _started.Dispose();
            _stopping.Dispose();
        }
    }
}

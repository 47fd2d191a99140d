using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>The masters' own vacuuming, off while a worker can do it.</summary>
public sealed class VacuumSwitchTests : IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingInbox _inbox = new();
    private readonly StatesOnly _admin = new();
    private ScriptedMaster _master = null!;
    private ScriptedMaster _other = null!;
    private MasterClient _client = null!;
    private PresenceLock _presence = null!;
    private VacuumSwitch _switch = null!;

    public async Task InitializeAsync()
    {
        _master = await ScriptedMaster.StartAsync(_time);
        _other = await ScriptedMaster.StartAsync(_time);
        _other.Leader = _master.Address;
        _client = Masters.Client(_time, _master, _other);
        _presence = new PresenceLock(_client, _inbox, _time);
        _switch = new VacuumSwitch(_client, _presence, _admin, _time, NullLogger<VacuumSwitch>.Instance);
        await _switch.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await _presence.StopAsync(CancellationToken.None).InTimeAsync("the end of the presence");
        _switch.Dispose();
        _presence.Dispose();
        _client.Dispose();
        await _master.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Worker_ThatComesStaysAndGoes_IsOneSwitchEachWay()
    {
        _admin.Workers(1);
        await _master.CallAsync("DisableVacuum");
        await _time.ArmedAsync(Tick);
        _time.Advance(Tick);
        _admin.Workers(2);
        _admin.Workers(1);
        await _time.ArmedAsync(Tick);
        _time.Advance(Tick);
        _admin.Workers(0);
        await _master.CallAsync("EnableVacuum");
        await _time.ArmedAsync(Tick);
        await StopAsync();
        Assert.Equal(["DisableVacuum", "EnableVacuum"], Switches());
        Assert.True(((DisableVacuumRequest)_master.CallsOf("DisableVacuum").Single().Request).ByPlugin);
        Assert.True(((EnableVacuumRequest)_master.CallsOf("EnableVacuum").Single().Request).ByPlugin);
    }

    [Fact]
    public async Task Switch_ThatFails_IsTriedAgainAtTheNextTick()
    {
        _master.Failures["DisableVacuum"] = new Status(StatusCode.Unavailable, "out of order");
        _admin.Workers(1);
        await _master.CallAsync("DisableVacuum");
        _admin.Workers(2);
        await _time.ArmedAsync(Tick);
        _master.Failures.Clear();
        _time.Advance(Tick);
        await _master.CallAsync("DisableVacuum", count: 2);
        await _time.ArmedAsync(Tick);
        Assert.True(_master.VacuumDisabledByPlugin);
        Assert.Equal(["DisableVacuum", "DisableVacuum"], Switches());
    }

    [Fact]
    public async Task CleanStop_SwitchesOn_WhatThisAdminSwitchedOff()
    {
        _admin.Workers(1);
        await _master.CallAsync("DisableVacuum");
        await StopAsync();
        Assert.False(_master.VacuumDisabledByPlugin);
        Assert.Equal(["DisableVacuum", "EnableVacuum"], Switches());
    }

    [Fact]
    public async Task CleanStop_WithoutAnythingSwitched_SaysNothing()
    {
        await StopAsync();
        Assert.Empty(Switches());
    }

    [Fact]
    public async Task NewLeader_IsToldAgain()
    {
        _admin.Workers(1);
        await _master.CallAsync("DisableVacuum");
        await _time.ArmedAsync(Tick);
        _master.Leader = _other.Leader = _other.Address;
        await _client.FindLeaderAsync(Tick, CancellationToken.None);
        _time.Advance(Tick);
        await _other.CallAsync("DisableVacuum");
    }

    [Fact]
    public async Task Master_ThatMissedThisAdmin_IsToldAgain()
    {
        await _presence.StartAsync(CancellationToken.None);
        await _inbox.NextAsync<ClusterInput.Presence>();
        _admin.Workers(1);
        await _master.CallAsync("DisableVacuum");
        await _time.ArmedAsync(Tick);
        await _time.ArmedAsync(TimeSpan.FromSeconds(4));
        _master.TakeLock("admin-server", "another admin");
        _time.Advance(TimeSpan.FromSeconds(4));
        await _inbox.NextAsync<ClusterInput.Presence>();
        await _time.ArmedAsync(TimeSpan.FromSeconds(1));
        _master.FreeLock("admin-server");
        _time.Advance(TimeSpan.FromSeconds(1));
        await _inbox.NextAsync<ClusterInput.Presence>();
        Assert.Single(Switches());
        _time.Advance(Tick - TimeSpan.FromSeconds(5));
        await _master.CallAsync("DisableVacuum", count: 2);
    }

    private Task StopAsync() => _switch.StopAsync(CancellationToken.None).InTimeAsync("the end of the switch");

    private IEnumerable<string> Switches() => _master.Calls.Select(call => call.Name).Where(name => name.EndsWith("Vacuum", StringComparison.Ordinal));

    /// <summary>An admin of which only the states are looked at.</summary>
    private sealed class StatesOnly : IAdmin
    {
        public Feed<AdminState> States { get; } = new(AdminState.Empty);

        public Feed<ReadModel> Views => throw new NotSupportedException();

        public JobJournal Journal => throw new NotSupportedException();

        public IAdminHistory History => throw new NotSupportedException();

        public void Workers(int count)
        {
            var type = new JobType { Name = VacuumSwitch.JobType, Executors = [.. Enumerable.Range(1, count).Select(number => new SessionId(number))] };
            States.Publish(AdminState.Empty with { JobTypes = AdminState.Empty.JobTypes.SetItem(type.Name, type) });
        }

        public Task<Reply<T>> SendAsync<T>(Command<T> command, CancellationToken cancellationToken) => throw new NotSupportedException();

        public WaitingExplanation? Explain(JobId job) => null;

        public WaitingReasons Reasons() => throw new NotSupportedException();

        public Task<Reply<Job>> RetryAsync(Actor by, JobId job, CancellationToken cancellationToken, RetryChanges? changes = null) => throw new NotSupportedException();
    }
}

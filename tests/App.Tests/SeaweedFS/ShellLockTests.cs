using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>Lease, renewal and release over the real wire, by the test's clock.</summary>
public sealed class ShellLockTests : IAsyncLifetime
{
    private const string Lease = "LeaseAdminToken";
    private const string Release = "ReleaseAdminToken";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(4);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingInbox _inbox = new();
    private ScriptedMaster _master = null!;
    private ScriptedMaster _other = null!;
    private MasterClient _client = null!;
    private ShellLock _lock = null!;

    public async Task InitializeAsync()
    {
        _master = await ScriptedMaster.StartAsync(_time);
        _other = await ScriptedMaster.StartAsync(_time);
        _other.Leader = _master.Address;
        _client = Masters.Client(_time, _master, _other);
        _lock = new ShellLock(_client, new Lazy<IClusterInbox>(_inbox), _time, NullLogger<ShellLock>.Instance);
        await _lock.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _lock.StopAsync(CancellationToken.None).InTimeAsync("the end of the lock");
        _lock.Dispose();
        _client.Dispose();
        await _master.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Lock_Wanted_IsLeased_Renewed_AndReleased_WithTheLatestPair()
    {
        await TakeAsync();
        var first = Request(await _master.CallAsync(Lease));
        Assert.Equal(("shell", "admin-plugin", 0, 0), (first.LockName, first.ClientName, first.PreviousToken, first.PreviousLockTime));

        for (var renewal = 2; renewal <= 4; renewal++)
        {
            var pair = _master.LeaseOf("shell");
            await PassAsync(Renewal);
            var request = Request(await _master.CallAsync(Lease, count: renewal));
            Assert.Equal(pair, (request.PreviousToken, request.PreviousLockTime));
            await _time.ArmedAsync(Renewal);
        }

        var last = _master.LeaseOf("shell");
        _lock.Hold(false);
        await _inbox.NextAsync<ClusterInput.LockReleased>();
        var release = (ReleaseAdminTokenRequest)(await _master.CallAsync(Release)).Request;
        Assert.Equal(("shell", last.Token, last.LockTime), (release.LockName, release.PreviousToken, release.PreviousLockTime));
        Assert.Null(_master.HolderOf("shell"));
        Assert.True(_inbox.IsEmpty);
    }

    [Fact]
    public async Task Release_DuringARenewal_WaitsForIt_AndGivesBackWhatItBrought()
    {
        await TakeAsync();
        _master.HoldUp(Lease);
        await PassAsync(Renewal);
        await _master.CallAsync(Lease, count: 2);
        _lock.Hold(false);
        _master.LetGo(Lease);
        await _inbox.NextAsync<ClusterInput.LockReleased>();
        Assert.Null(_master.HolderOf("shell"));
        Assert.Equal([Lease, Lease, Release], _master.Calls.Select(call => call.Name).Where(name => name is Lease or Release));
    }

    [Fact]
    public async Task Lock_GivenBackAndWantedAgainAtOnce_IsReleasedInBetween()
    {
        await TakeAsync();
        _lock.Hold(false);
        _lock.Hold(true);
        await _inbox.NextAsync<ClusterInput.LockReleased>();
        await _inbox.NextAsync<ClusterInput.LockTaken>();
        Assert.Equal([Lease, Release, Lease], _master.Calls.Select(call => call.Name).Where(name => name is Lease or Release));
    }

    [Fact]
    public async Task Lock_OfSomebodyElse_IsAskedForEachSecond_AndHadWhenFree()
    {
        _master.TakeLock("shell", "weed shell 10.0.0.7:1234");
        _lock.Hold(true);
        Assert.Equal("held by weed shell 10.0.0.7:1234", (await _inbox.NextAsync<ClusterInput.LockRefused>()).Reason);
        await PassAsync(Retry);
        await _master.CallAsync(Lease, count: 2);
        await _time.ArmedAsync(Retry);
        Assert.True(_inbox.IsEmpty, "the same reason is told once");

        _master.TakeLock("shell", "somebody");
        await PassAsync(Retry);
        Assert.Equal("held by somebody", (await _inbox.NextAsync<ClusterInput.LockRefused>()).Reason);

        await _time.ArmedAsync(Retry);
        _master.FreeLock("shell");
        await PassAsync(Retry);
        await _inbox.NextAsync<ClusterInput.LockTaken>();
        Assert.All(_master.CallsOf(Lease).Select(Request), request => Assert.Equal((0, 0), (request.PreviousToken, request.PreviousLockTime)));
    }

    [Fact]
    public async Task Lock_WantedNoMore_WhileRefused_IsOver()
    {
        _master.TakeLock("shell", "somebody");
        _lock.Hold(true);
        await _inbox.NextAsync<ClusterInput.LockRefused>();
        _lock.Hold(false);
        await _inbox.NextAsync<ClusterInput.LockReleased>();
        Assert.Empty(_master.CallsOf(Release));
        Assert.Equal("somebody", _master.HolderOf("shell"));
    }

    [Fact]
    public async Task Renewal_ThatNobodyAnswers_IsTriedUntilTheLeaseIsOver_ThenTheLockIsLost_AndHadAgain()
    {
        await TakeAsync();
        await _master.StopAsync();
        await PassAsync(Renewal);
        for (var second = 5; second <= 9; second++)
        {
            await PassAsync(Retry);
        }

        await _time.ArmedAsync(Retry);
        Assert.True(_inbox.IsEmpty, "nine seconds after the lease it is still ours");
        await PassAsync(Retry);
        Assert.Contains(_master.Address, (await _inbox.NextAsync<ClusterInput.LockLost>()).Reason, StringComparison.Ordinal);
        await _inbox.NextAsync<ClusterInput.LockRefused>();

        await _master.StartAgainAsync();
        await PassAsync(Retry);
        await _inbox.NextAsync<ClusterInput.LockTaken>();
        Assert.Equal("admin-plugin", _master.HolderOf("shell"));
    }

    [Fact]
    public async Task Renewal_AfterAShortAbsenceOfTheMaster_KeepsTheLock()
    {
        await TakeAsync();
        await _master.StopAsync();
        await PassAsync(Renewal);
        await _time.ArmedAsync(Retry);
        await _master.StartAgainAsync();
        await PassAsync(Retry);
        await _time.ArmedAsync(Renewal);
        Assert.Equal("admin-plugin", _master.HolderOf("shell"));
        Assert.True(_inbox.IsEmpty);
    }

    [Fact]
    public async Task Renewal_RefusedForAnotherClient_IsALossAtOnce()
    {
        await TakeAsync();
        _master.TakeLock("shell", "weed shell");
        await PassAsync(Renewal);
        Assert.Equal("held by weed shell", (await _inbox.NextAsync<ClusterInput.LockLost>()).Reason);
        Assert.Equal("held by weed shell", (await _inbox.NextAsync<ClusterInput.LockRefused>()).Reason);
    }

    [Fact]
    public async Task Renewal_ThatMeetsAFormerLeader_GoesToTheNewOne()
    {
        await TakeAsync();
        _master.Leader = _other.Leader = _other.Address;
        await PassAsync(Renewal);
        await _other.CallAsync(Lease);
        await _time.ArmedAsync(Renewal);
        Assert.Equal("admin-plugin", _other.HolderOf("shell"));
        Assert.True(_inbox.IsEmpty);
        _lock.Hold(false);
        await _inbox.NextAsync<ClusterInput.LockReleased>();
        Assert.Null(_other.HolderOf("shell"));
    }

    [Fact]
    public async Task Release_ThatNobodyAnswers_IsTriedUntilTheLeaseIsOver()
    {
        await TakeAsync();
        _master.Failures[Release] = new Status(StatusCode.Unavailable, "out of order");
        _lock.Hold(false);
        await _master.CallAsync(Release);
        for (var second = 1; second <= 9; second++)
        {
            await PassAsync(Retry);
            await _master.CallAsync(Release, count: second + 1);
        }

        await _time.ArmedAsync(Retry);
        Assert.True(_inbox.IsEmpty);
        await PassAsync(Retry);
        await _inbox.NextAsync<ClusterInput.LockReleased>();
    }

    [Fact]
    public async Task CleanStop_GivesTheLockBack()
    {
        await TakeAsync();
        await _lock.StopAsync(CancellationToken.None).InTimeAsync("the end of the lock");
        Assert.Null(_master.HolderOf("shell"));
        Assert.Single(_master.CallsOf(Release));
    }

    private static LeaseAdminTokenRequest Request(MasterCall call) => (LeaseAdminTokenRequest)call.Request;

    private async Task TakeAsync()
    {
        _lock.Hold(true);
        await _inbox.NextAsync<ClusterInput.LockTaken>();
        await _time.ArmedAsync(Renewal);
    }

    /// <summary>Lets the clock go on when the lock rests that long.</summary>
    private async Task PassAsync(TimeSpan span)
    {
        await _time.ArmedAsync(span);
        _time.Advance(span);
    }
}

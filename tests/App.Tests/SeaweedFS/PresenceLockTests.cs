using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

public sealed class PresenceLockTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingInbox _inbox = new();
    private ScriptedMaster _master = null!;
    private MasterClient _client = null!;
    private PresenceLock _lock = null!;

    public async Task InitializeAsync()
    {
        _master = await ScriptedMaster.StartAsync(_time);
        _client = Masters.Client(_time, _master);
        _lock = new PresenceLock(_client, _inbox, _time);
    }

    public async Task DisposeAsync()
    {
        await _lock.StopAsync(CancellationToken.None).InTimeAsync("the end of the lock");
        _lock.Dispose();
        _client.Dispose();
        await _master.DisposeAsync();
    }

    [Fact]
    public async Task Presence_IsHeldFromTheStart_ToTheStop()
    {
        await _lock.StartAsync(CancellationToken.None);
        Assert.Equal("", (await _inbox.NextAsync<ClusterInput.Presence>()).HeldBy);
        Assert.Equal("admin-server", _master.HolderOf("admin-server"));
        for (var renewal = 2; renewal <= 5; renewal++)
        {
            await _time.ArmedAsync(TimeSpan.FromSeconds(4));
            _time.Advance(TimeSpan.FromSeconds(4));
            await _master.CallAsync("LeaseAdminToken", "admin-server", renewal);
        }

        await _time.ArmedAsync(TimeSpan.FromSeconds(4));
        Assert.True(_inbox.IsEmpty);
        await _lock.StopAsync(CancellationToken.None);
        Assert.Null(_master.HolderOf("admin-server"));
    }

    [Fact]
    public async Task Presence_OfAnotherAdmin_IsTold_AndTakenOver_WhenItsLeaseLapses()
    {
        _master.TakeLock("admin-server", "the other admin", renewed: false);
        await _lock.StartAsync(CancellationToken.None);
        Assert.Equal("the other admin", (await _inbox.NextAsync<ClusterInput.Presence>()).HeldBy);
        for (var second = 1; second <= 10; second++)
        {
            await _time.ArmedAsync(TimeSpan.FromSeconds(1));
            Assert.True(_inbox.IsEmpty);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("", (await _inbox.NextAsync<ClusterInput.Presence>()).HeldBy);
        Assert.Equal("admin-server", _master.HolderOf("admin-server"));
    }

    [Fact]
    public async Task Presence_LostToAnotherAdmin_IsTold()
    {
        await _lock.StartAsync(CancellationToken.None);
        await _inbox.NextAsync<ClusterInput.Presence>();
        await _time.ArmedAsync(TimeSpan.FromSeconds(4));
        _master.TakeLock("admin-server", "the other admin");
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("the other admin", (await _inbox.NextAsync<ClusterInput.Presence>()).HeldBy);
        await _time.ArmedAsync(TimeSpan.FromSeconds(1));
        _master.FreeLock("admin-server");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", (await _inbox.NextAsync<ClusterInput.Presence>()).HeldBy);
        Assert.Equal(1, _lock.Returns);
    }
}

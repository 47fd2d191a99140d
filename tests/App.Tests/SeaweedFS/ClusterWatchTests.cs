using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>What workers are told about the cluster, and when the engine learns of it.</summary>
public sealed class ClusterWatchTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingInbox _inbox = new();
    private ScriptedMaster _master = null!;
    private ScriptedMaster _other = null!;
    private MasterClient _client = null!;
    private SeaweedFSClusterContextSource _source = null!;

    public async Task InitializeAsync()
    {
        _master = await ScriptedMaster.StartAsync(_time);
        _other = await ScriptedMaster.StartAsync(_time);
        _other.Leader = _master.Address;
        _master.Filers = _other.Filers = ["127.0.0.1:8889.18889", "127.0.0.1:8888.18888", "127.0.0.1:8888.18888"];
        _master.Gateways = _other.Gateways = ["127.0.0.1:18333"];
        _client = Masters.Client(_time, _other, _master);
        _source = new SeaweedFSClusterContextSource(_client, Masters.Options(_other, _master) with { FilerGroup = "g" }, _time);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _master.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Context_HasTheLeaderAlone_AndListsAsTheMasterHasThem()
    {
        var report = await LookAsync();
        Assert.Equal("", report.Problem);
        Assert.Equal<string>([_master.Address], report.Context.MasterGrpcAddresses);
        Assert.Equal<string>(["127.0.0.1:8888.18888", "127.0.0.1:8889.18889"], report.Context.FilerAddresses);
        Assert.Equal<string>(["127.0.0.1:18333"], report.Context.S3GrpcAddresses);
        Assert.Empty(report.Context.VolumeGrpcAddresses);
        Assert.Equal("admin", Assert.Single(report.Context.Metadata, pair => pair.Key == "source").Value);
        Assert.Equal([("filer", "g", 0), ("s3", "", 0)], _master.CallsOf("ListClusterNodes").Select(call => (ListClusterNodesRequest)call.Request).Select(request => (request.ClientType, request.FilerGroup, request.Limit)));
        Assert.Empty(_other.CallsOf("ListClusterNodes"));
    }

    [Fact]
    public async Task Leader_ThatGoes_IsReplacedByTheOneThatFollows()
    {
        await LookAsync();
        await _master.StopAsync();
        _other.Leader = _other.Address;
        Assert.Equal<string>([_other.Address], (await LookAsync()).Context.MasterGrpcAddresses);
    }

    [Fact]
    public async Task Leader_ThatChanges_IsNoticed_ThoughTheFormerOneAnswers()
    {
        await LookAsync();
        _master.Leader = _other.Leader = _other.Address;
        Assert.Equal<string>([_other.Address], (await LookAsync()).Context.MasterGrpcAddresses);
    }

    [Fact]
    public async Task Leader_UnderANameNobodyConfigured_IsTakenByIt()
    {
        _master.Leader = _other.Leader = _master.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        Assert.Equal<string>([_master.Leader], (await LookAsync()).Context.MasterGrpcAddresses);
    }

    [Fact]
    public async Task Master_WithoutALeader_StandsForItself()
    {
        await _other.StopAsync();
        _master.Leader = "";
        Assert.Equal<string>([_master.Address], (await LookAsync()).Context.MasterGrpcAddresses);
    }

    [Fact]
    public async Task ListThatFails_IsNoProblem_FilersStayAsLastKnown()
    {
        await LookAsync();
        _master.Failures["ListClusterNodes"] = new Status(StatusCode.Internal, "out of order");
        var report = await LookAsync();
        Assert.Equal("", report.Problem);
        Assert.Equal<string>([_master.Address], report.Context.MasterGrpcAddresses);
        Assert.Equal<string>(["127.0.0.1:8888.18888", "127.0.0.1:8889.18889"], report.Context.FilerAddresses);
        Assert.Empty(report.Context.S3GrpcAddresses);
    }

    [Fact]
    public async Task Masters_ThatAllKeepSilent_AreNamed_AndTheContextStays()
    {
        var good = await LookAsync();
        await _master.StopAsync();
        await _other.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(7));
        var report = await LookAsync();
        Assert.Equal(good.Context, report.Context);
        Assert.Equal(good.At, report.At);
        Assert.All([_master.Address, _other.Address, "--seaweedfs-master"], text => Assert.Contains(text, report.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_TellsWhatChanged_AndNothingElse()
    {
        using var watch = new ClusterWatch(_source, _inbox, _time, NullLogger<ClusterWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        Assert.Equal<string>([_master.Address], (await NextAsync()).Context.MasterGrpcAddresses);

        await PassAsync(10);
        await _time.ArmedAsync(TimeSpan.FromSeconds(10));
        Assert.True(_inbox.IsEmpty);

        _master.Filers = ["10.0.0.1:8888.18888"];
        await PassAsync(10);
        Assert.Equal<string>(["10.0.0.1:8888.18888"], (await NextAsync()).Context.FilerAddresses);

        await _time.ArmedAsync(TimeSpan.FromSeconds(10));
        await _master.StopAsync();
        await _other.StopAsync();

        // The first one that meets the broken connections says so; from then on there is nobody to dial.
        await LookAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        var failed = await NextAsync();
        Assert.NotEqual("", failed.Problem);
        Assert.Equal<string>(["10.0.0.1:8888.18888"], failed.Context.FilerAddresses);

        await PassAsync(1);
        await _time.ArmedAsync(TimeSpan.FromSeconds(1));
        Assert.True(_inbox.IsEmpty);
        await _master.StartAgainAsync();
        await PassAsync(1);
        Assert.Equal("", (await NextAsync()).Problem);
        await watch.StopAsync(CancellationToken.None);
    }

    private Task<ClusterReport> LookAsync() => _source.LookAsync(CancellationToken.None).InTimeAsync("a look at the cluster");

    private async Task<ClusterReport> NextAsync() => (await _inbox.NextAsync<ClusterInput.Looked>()).Report;

    private async Task PassAsync(int seconds)
    {
        await _time.ArmedAsync(TimeSpan.FromSeconds(seconds));
        _time.Advance(TimeSpan.FromSeconds(seconds));
    }
}

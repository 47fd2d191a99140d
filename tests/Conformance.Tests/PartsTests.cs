using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;

namespace BlazorPluginAdmin.Conformance.Tests;

/// <summary>What the kit measures with, against what no honest worker does.</summary>
public sealed class PartsTests
{
    private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] PingAnswer = [0, 0, 8, 6, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] Data = [0, 0, 1, 0, 0, 0, 0, 0, 1, 42];

    [Fact]
    public async Task Relay_ThirdPingTooEarly_EndsTheConnectionWithEnhanceYourCalm()
    {
        await using var wire = await WireAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await wire.Worker.WriteAsync(Ping);
            Assert.Equal(Ping, await ReadAsync(wire.Admin, Ping.Length));
        }

        await wire.Worker.WriteAsync(Ping);
        var goAway = await ReadAsync(wire.Worker, 9 + 8 + "too_many_pings".Length);
        Assert.Equal(7, goAway[3]);
        Assert.Equal(11, goAway[16]);
        Assert.Equal("too_many_pings"u8.ToArray(), goAway[17..]);
        Assert.Equal(0, await wire.Worker.ReadAsync(new byte[1]));
        Assert.True(wire.Relay.HasEndedForPings);
    }

    [Fact]
    public async Task Relay_PingsAfterDataAndAnswers_AreForgiven()
    {
        await using var wire = await WireAsync();
        foreach (var _ in Enumerable.Range(0, 10))
        {
            await wire.Worker.WriteAsync(Ping);
            await ReadAsync(wire.Admin, Ping.Length);
            await wire.Worker.WriteAsync(PingAnswer);
            await ReadAsync(wire.Admin, PingAnswer.Length);
            await wire.Admin.WriteAsync(Data);
            Assert.Equal(Data, await ReadAsync(wire.Worker, Data.Length));
        }

        Assert.False(wire.Relay.HasEndedForPings);
        Assert.Equal(10, wire.Relay.Pings.Count);
    }

    [Fact]
    public async Task Relay_Frozen_HoldsTheAdminBack()
    {
        await using var wire = await WireAsync();
        wire.Relay.Freeze();
        await wire.Admin.WriteAsync(Data);
        await wire.Worker.WriteAsync(Ping);
        Assert.Equal(Ping, await ReadAsync(wire.Admin, Ping.Length));
        Assert.False(wire.Worker.DataAvailable);
    }

    [Fact]
    public void WireCheck_FindsExtensionsAtAnyDepth_AndStrangers()
    {
        var beat = new WorkerToAdminMessage { WorkerId = "w", Heartbeat = new WorkerHeartbeat { RunningWork = { new RunningWork { WorkId = "j" } } } };
        Assert.Null(WireCheck.Stranger(beat));
        beat.Heartbeat.RunningWork[0].RequestId = "r";
        Assert.Equal("WorkerToAdminMessage.heartbeat.running_work.request_id = 100", WireCheck.Stranger(beat));
        Assert.Equal("WorkerToAdminMessage.pong = 101", WireCheck.Stranger(new WorkerToAdminMessage { Pong = new Pong() }));
        var deep = new ConfigValue { MapValue = new ValueMap { Fields = { ["x"] = ConfigValue.Parser.ParseFrom([0x68, 0x01]) } } };
        Assert.Equal("ConfigValue.map_value.fields.value.? = 13", WireCheck.Stranger(deep));
        Assert.Null(WireCheck.Stranger(new ConfigValue { Int64List = new Int64List { Values = { 1, 2 } } }));
    }

    [Fact]
    public async Task Journal_TellsWhatCameInstead()
    {
        var journal = new Journal<int>("source", new CaseClock(1), number => $"number {number}");
        journal.Add(1);
        journal.Add(2);
        Assert.Equal(2, (await journal.AwaitAsync(number => number > 1, "two", 1)).Item);
        var never = await Assert.ThrowsAsync<CaseFailure>(() => journal.NeverAsync(number => number == 2, "no two", 0));
        Assert.Equal("number 2", never.Seen);
        await journal.NeverAsync(number => number == 2, "no two from there on", 0, from: 2);
        journal.End("it ended");
        var missing = await Assert.ThrowsAsync<CaseFailure>(() => journal.AwaitAsync(number => number == 3, "three", 60));
        Assert.Equal(("three", "it ended; 2 entries from the source, the last one: number 2"), (missing.Expected, missing.Seen));
    }

    [Fact]
    public void EveryCaseOfTheDocument_IsThere()
    {
        (char Group, int Count)[] groups = [('A', 11), ('B', 18), ('C', 6), ('D', 5), ('E', 7), ('F', 15), ('G', 4)];
        Assert.Equal(
            groups.SelectMany(group => Enumerable.Range(1, group.Count).Select(number => $"{group.Group}{number}")).Append("B8n").Order(),
            Runner.Cases.Select(entry => entry.Case.Id).Order());
    }

    private static async Task<Wires> WireAsync()
    {
        var admin = new TcpListener(IPAddress.Loopback, 0);
        admin.Start();
        var relay = new Relay(((IPEndPoint)admin.LocalEndpoint).Port, new CaseClock(1)) { ShortestPause = TimeSpan.FromSeconds(20) };
        var near = new TcpClient { NoDelay = true };
        await near.ConnectAsync(IPAddress.Loopback, relay.Port);
        await near.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        var far = await admin.AcceptTcpClientAsync();
        await ReadAsync(far.GetStream(), 24);
        return new Wires(admin, relay, near, far);
    }

    private static async Task<byte[]> ReadAsync(NetworkStream from, int count)
    {
        var bytes = new byte[count];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        await from.ReadExactlyAsync(bytes, limit.Token);
        return bytes;
    }

    private sealed record Wires(TcpListener Listener, Relay Relay, TcpClient Near, TcpClient Far) : IAsyncDisposable
    {
        public NetworkStream Worker => Near.GetStream();

        public NetworkStream Admin => Far.GetStream();

        public async ValueTask DisposeAsync()
        {
            Near.Dispose();
            Far.Dispose();
            await Relay.DisposeAsync();
            Listener.Dispose();
        }
    }
}

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using BlazorPluginAdmin.Grpc.Transport.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>A stream on which nothing happens: the server pings, and a peer that answers no more loses its call.</summary>
public sealed class SilentStreamTests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte Ack = 1;

    [Fact]
    public async Task SilentStream_IsPinged_AndEndsWhenNobodyAnswers()
    {
        var (began, ended) = (Signal(), Signal());
        await using var host = await GrpcHost.StartAsync(
            map => map.MapGrpcServerStream(ServerStream, async (_, _, call) =>
            {
                began.SetResult();
                using var gone = call.CancellationToken.Register(ended.SetResult);
                await ended.Task;
            }),
            configure: builder => builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
            {
                // The shortest that Kestrel takes. Who is only slow to answer is not silent.
                kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
                kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
            }));
        var address = new Uri(host.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await SendAsync(stream, Settings, 0, 0, []);
        await SendAsync(stream, Headers, 4, 1, Call(address.Authority, $"/{ServerStream.ServiceName}/{ServerStream.Name}"));
        await SendAsync(stream, Data, 1, 1, new byte[5]);
        await BegunAsync().InTimeAsync();

        for (var ping = 0; ping < 2; ping++)
        {
            await SendAsync(stream, Ping, Ack, 0, await PingAsync(stream).InTimeAsync());
            Assert.False(ended.Task.IsCompleted);
        }

        await PingAsync(stream).InTimeAsync();
        await ended.Task.InTimeAsync();

        // A cold server pings before it comes to the call.
        async Task BegunAsync()
        {
            while (!began.Task.IsCompleted)
            {
                await SendAsync(stream, Ping, Ack, 0, await PingAsync(stream));
            }
        }
    }

    /// <summary>The content of the next ping that is a question.</summary>
    private static async Task<byte[]> PingAsync(NetworkStream stream)
    {
        while (true)
        {
            var head = new byte[9];
            await stream.ReadExactlyAsync(head);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian([0, .. head.AsSpan(0, 3)])];
            await stream.ReadExactlyAsync(body);
            if (head[3] == Ping && (head[4] & Ack) == 0)
            {
                return body;
            }

            if (head[3] == Settings && (head[4] & Ack) == 0)
            {
                await SendAsync(stream, Settings, Ack, 0, []);
            }
        }
    }

    private static async Task SendAsync(NetworkStream stream, byte kind, byte flags, byte id, byte[] body) =>
        await stream.WriteAsync((byte[])[0, 0, (byte)body.Length, kind, flags, 0, 0, 0, id, .. body]);

    /// <summary>POST over http, no compression, no table: names by their number in the static one.</summary>
    private static byte[] Call(string authority, string path) =>
    [
        0x83, 0x86, 0x01, .. Text(authority), 0x04, .. Text(path), 0x0F, 0x10, .. Text("application/grpc"), 0x00, .. Text("te"), .. Text("trailers"),
    ];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}

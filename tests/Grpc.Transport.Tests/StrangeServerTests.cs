using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.Interop.Tests.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>Our client on a server that bends the protocol, and our server on a peer that does not speak it at all.</summary>
public sealed class StrangeServerTests
{
    [Theory]
    [InlineData("truncated prefix", new byte[] { 0, 0, 0 }, StatusCode.Internal)]
    [InlineData("truncated message", new byte[] { 0, 0, 0, 0, 9, 8, 1 }, StatusCode.Internal)]
    [InlineData("length with the highest bit", new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }, StatusCode.ResourceExhausted)]
    [InlineData("garbage payload", new byte[] { 0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF }, StatusCode.Internal)]
    [InlineData("flag 2", new byte[] { 2, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData("flag 1 without an encoding", new byte[] { 1, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData("nothing", new byte[0], StatusCode.Internal)]
    public async Task Response_Malformed_EndsItsCallWithTheRightStatus(string what, byte[] body, StatusCode code)
    {
        await using var host = await AnsweringAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.AppendTrailer("grpc-status", "0");
            await http.Response.Body.WriteAsync(body);
        });
        using var channel = host.Channel();

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Unary, new SimpleRequest()).InTimeAsync());
        Assert.True(code == failure.StatusCode, $"{what}: {failure.Status}");
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(415, StatusCode.Unknown)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    public async Task Response_OfHttpAlone_BecomesAStatus(int http, StatusCode code)
    {
        await using var host = await AnsweringAsync(context =>
        {
            context.Response.StatusCode = http;
            return context.Response.WriteAsync("<html>");
        });
        using var channel = host.Channel();

        await FailsAsync(code, () => channel.UnaryAsync(Unary, new SimpleRequest()));
    }

    [Fact]
    public async Task Response_OfAWebPage_IsUnknownAndNamesTheType()
    {
        await using var host = await AnsweringAsync(http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<html>");
        });
        using var channel = host.Channel();

        var failure = await FailsAsync(StatusCode.Unknown, () => channel.UnaryAsync(Unary, new SimpleRequest()));
        Assert.Contains("text/html", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_WithoutAStatus_IsUnknown()
    {
        await using var host = await AnsweringAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 0 });
        });
        using var channel = host.Channel();

        await FailsAsync(StatusCode.Unknown, () => channel.UnaryAsync(Unary, new SimpleRequest()));
    }

    [Fact]
    public async Task Response_Compressed_IsInflatedUpToTheLimit()
    {
        const int limit = 100_000;
        await using var host = await AnsweringAsync(async http =>
        {
            // The request's length says how much the answer shall carry.
            var request = await new StreamReader(http.Request.Body).ReadToEndAsync();
            Assert.Equal("identity,gzip", http.Request.Headers["grpc-accept-encoding"].ToString());
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-encoding"] = "gzip";
            http.Response.AppendTrailer("grpc-status", "0");
            await http.Response.Body.WriteAsync(Zipped(new SimpleResponse { Payload = Bytes(request.Length > 50 ? 2 * limit : limit / 2) }));
        });
        using var channel = host.Channel(new GrpcChannelOptions { MaxReceiveMessageSize = limit });

        Assert.Equal(limit / 2, (await channel.UnaryAsync(Unary, new SimpleRequest()).InTimeAsync()).Payload.Body.Length);
        await FailsAsync(StatusCode.ResourceExhausted, () => channel.UnaryAsync(Unary, new SimpleRequest { Payload = Bytes(100) }));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c")]
    [InlineData("\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000")]
    public async Task Connection_ThatIsNotHttp2_IsClosedAndTheServerGoesOn(string said)
    {
        await using var host = await AnsweringAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.AppendTrailer("grpc-status", "5");
            return Task.CompletedTask;
        });
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(new Uri(host.Address).Authority));
        var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(said));
        client.Client.Shutdown(SocketShutdown.Send);
        var answer = new byte[4096];
        while (await stream.ReadAsync(answer).AsTask().InTimeAsync() > 0)
        {
            // Settings, perhaps a reason, then the end.
        }

        using var channel = host.Channel();
        await FailsAsync(StatusCode.NotFound, () => channel.UnaryAsync(Unary, new SimpleRequest()));
    }

    [Fact]
    public async Task Request_SentASecondTime_IsRefusedForItsBytesAreGone()
    {
        using var content = new RequestContent();
        content.Complete();
        await content.CopyToAsync(Stream.Null).InTimeAsync();

        // The handler does so when a server refuses a stream that has begun.
        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(Stream.Null).InTimeAsync());
    }

    private static Task<GrpcHost> AnsweringAsync(RequestDelegate answer) => GrpcHost.StartAsync(map => map.MapPost(Unary.Path, answer));

    private static byte[] Zipped(SimpleResponse message)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            message.WriteTo(gzip);
        }

        var body = zipped.ToArray();
        return [1, 0, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }
}

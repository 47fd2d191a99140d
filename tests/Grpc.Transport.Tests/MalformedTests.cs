using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Interop.Tests.Wire;
using Google.Protobuf;
using static BlazorPluginAdmin.Grpc.Transport.Tests.Methods;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

/// <summary>A peer that speaks HTTP/2 but bends the protocol: its call ends with the right status, and the next call works.</summary>
public sealed class MalformedTests : IAsyncLifetime, IDisposable
{
    private const int Limit = 100_000;

    private readonly HttpClient _http = new() { Timeout = Patience };
    private GrpcHost? _host;

    public async Task InitializeAsync() => _host = await GrpcHost.StartAsync(
        map =>
        {
            map.MapGrpcUnary(Unary, (request, _) => Task.FromResult(new SimpleResponse { Payload = Bytes(request.Payload?.Body.Length ?? 0) }));
            map.MapGrpcDuplex(Duplex, CallTests.EchoAsync);
        },
        new GrpcServerOptions { MaxReceiveMessageSize = Limit });

    public async Task DisposeAsync() => await _host!.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("truncated prefix", new byte[] { 0, 0, 0 }, StatusCode.Internal)]
    [InlineData("truncated message", new byte[] { 0, 0, 0, 0, 9, 8, 1 }, StatusCode.Internal)]
    [InlineData("length beyond the limit", new byte[] { 0, 0x7F, 0, 0, 0, 1 }, StatusCode.ResourceExhausted)]
    [InlineData("length with the highest bit", new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }, StatusCode.ResourceExhausted)]
    [InlineData("garbage payload", new byte[] { 0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF }, StatusCode.Internal)]
    [InlineData("flag 2", new byte[] { 2, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData("flag 1 without an encoding", new byte[] { 1, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData("plain HTTP text", new byte[] { (byte)'G', (byte)'E', (byte)'T', (byte)' ', (byte)'/' }, StatusCode.Internal)]
    public async Task Frame_Malformed_EndsItsCallOnly(string what, byte[] body, StatusCode code)
    {
        foreach (var path in new[] { Unary.Path, Duplex.Path })
        {
            using var response = await PostAsync(path, body);
            Assert.True(code == await StatusAsync(response), what);
            await StillServesAsync();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Unary_OtherThanOneRequest_IsInternal(int count)
    {
        using var response = await PostAsync(Unary.Path, [.. Enumerable.Repeat(Frame(0, new SimpleRequest().ToByteArray()), count).SelectMany(frame => frame)]);
        Assert.Equal(StatusCode.Internal, await StatusAsync(response));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpcx")]
    public async Task ContentType_ThatIsNotGrpc_Is415(string? contentType)
    {
        using var response = await PostAsync(Unary.Path, [], contentType);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    public async Task ContentType_OfGrpc_IsServed(string contentType)
    {
        using var response = await PostAsync(Unary.Path, Frame(0, []), contentType);
        Assert.Equal(StatusCode.OK, await StatusAsync(response));
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/grpc.testing.TestService/Nothing")]
    [InlineData("/nothing.Service/Method")]
    [InlineData("/with.dots/in.the.method")]
    [InlineData("/")]
    public async Task Path_Unknown_IsUnimplementedForGrpcAndNotFoundForOthers(string path)
    {
        using var grpc = await PostAsync(path, []);
        Assert.Equal(HttpStatusCode.OK, grpc.StatusCode);
        Assert.Equal(StatusCode.Unimplemented, await StatusAsync(grpc));

        using var other = await PostAsync(path, [], "text/plain");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Encoding_Unknown_IsUnimplementedAndNamesTheKnownOnes()
    {
        using var response = await PostAsync(Unary.Path, Frame(1, []), headers: ("grpc-encoding", "snappy"));

        Assert.Equal(StatusCode.Unimplemented, await StatusAsync(response));
        Assert.Equal("identity,gzip", string.Join(',', response.Headers.NonValidated["grpc-accept-encoding"]));
        await StillServesAsync();
    }

    [Fact]
    public async Task Encoding_Gzip_IsInflatedAndAnsweredPlain()
    {
        var message = new SimpleRequest { Payload = Bytes(Limit - 100) }.ToByteArray();
        using var response = await PostAsync(Unary.Path, Frame(1, Zip(message)), headers: ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.OK, await StatusAsync(response));
        var answer = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(0, answer[0]);
        Assert.Equal(Limit - 100, SimpleResponse.Parser.ParseFrom(answer.AsSpan(Framing.PrefixLength)).Payload.Body.Length);
    }

    [Fact]
    public async Task Encoding_GzipBeyondTheLimit_IsResourceExhausted()
    {
        using var response = await PostAsync(Unary.Path, Frame(1, Zip(new byte[50_000_000])), headers: ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.ResourceExhausted, await StatusAsync(response));
        await StillServesAsync();
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("5")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    public async Task Timeout_ThatCannotBeRead_IsInternal(string timeout)
    {
        using var response = await PostAsync(Unary.Path, Frame(0, []), headers: ("grpc-timeout", timeout));
        Assert.Equal(StatusCode.Internal, await StatusAsync(response));
    }

    [Fact]
    public async Task Timeout_OfNothing_IsDeadlineExceeded()
    {
        using var response = await PostAsync(Duplex.Path, Frame(0, []), headers: ("grpc-timeout", "0n"));
        Assert.Equal(StatusCode.DeadlineExceeded, await StatusAsync(response));
    }

    private static byte[] Frame(byte flag, byte[] body) => [flag, (byte)(body.Length >> 24), (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private static async Task<StatusCode> StatusAsync(HttpResponseMessage response)
    {
        await response.Content.LoadIntoBufferAsync();
        var headers = response.TrailingHeaders.TryGetValues("grpc-status", out var trailer) ? trailer : response.Headers.GetValues("grpc-status");
        return Status.ParseCode(Assert.Single(headers));
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? contentType = "application/grpc", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _host!.Address + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request);
    }

    private async Task StillServesAsync()
    {
        using var response = await PostAsync(Unary.Path, Frame(0, []));
        Assert.Equal(StatusCode.OK, await StatusAsync(response));
    }
}

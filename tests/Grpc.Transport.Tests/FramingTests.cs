using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using BlazorPluginAdmin.Grpc.Transport.Server.Reflection.V1;
using BlazorPluginAdmin.Interop.Tests.Wire;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

public sealed class FramingTests
{
    private const int Limit = 1000;

    [Fact]
    public async Task Read_SplitAtEveryByte_GivesTheSameMessages()
    {
        var bytes = Frames(Methods.Request(3), new StreamingOutputCallRequest(), Methods.Request(200));
        for (var split = 0; split <= bytes.Length; split++)
        {
            var pipe = new Pipe();
            var reading = AllAsync(pipe.Reader);
            await pipe.Writer.WriteAsync(bytes.AsMemory(0, split));
            await pipe.Writer.WriteAsync(bytes.AsMemory(split));
            await pipe.Writer.CompleteAsync();

            Assert.Equal([3, 0, 200], await reading.InTimeAsync());
        }
    }

    [Fact]
    public async Task Read_OneByteAtATime_GivesTheSameMessages()
    {
        var pipe = new Pipe();
        var reading = AllAsync(pipe.Reader);
        foreach (var unit in Frames(Methods.Request(3), Methods.Request(40)))
        {
            await pipe.Writer.WriteAsync(new[] { unit });
        }

        await pipe.Writer.CompleteAsync();
        Assert.Equal([3, 40], await reading.InTimeAsync());
    }

    [Fact]
    public async Task Read_ManyFramesInOneRead_GivesEach()
    {
        var bytes = Frames([.. Enumerable.Range(0, 500).Select(Methods.Request)]);

        Assert.Equal(Enumerable.Range(0, 500), await AllAsync(Over(bytes)));
    }

    [Fact]
    public async Task Read_EveryTruncation_IsInternal()
    {
        var bytes = Frames(Methods.Request(10));
        for (var length = 1; length < bytes.Length; length++)
        {
            await Methods.FailsAsync(StatusCode.Internal, () => AllAsync(Over(bytes[..length])));
        }
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 255, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 3, 233 }, StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 255, 255, 255, 255 }, StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 0, 0, 0, 3, 255, 255, 255 }, StatusCode.Internal)]
    public async Task Read_WrongFrame_HasTheStatusThatSaysSo(byte[] bytes, StatusCode code) =>
        await Methods.FailsAsync(code, () => AllAsync(Over(bytes)));

    [Fact]
    public async Task Read_LengthBeyondTheLimit_IsRefusedBeforeTheBodyComes()
    {
        var pipe = new Pipe();
        var reading = AllAsync(pipe.Reader);
        await pipe.Writer.WriteAsync(new byte[] { 0, 0, 16, 0, 0 });

        await Methods.FailsAsync(StatusCode.ResourceExhausted, () => reading);
    }

    [Fact]
    public async Task Read_Gzip_IsInflated() =>
        Assert.Equal([700], await AllAsync(Over(Compressed(Methods.Request(700))), gzip: true));

    [Fact]
    public async Task Read_GzipThatInflatesBeyondTheLimit_IsResourceExhausted()
    {
        var bomb = Compressed(Methods.Request(1_000_000));
        Assert.InRange(bomb.Length, 0, 10_000);

        await Methods.FailsAsync(StatusCode.ResourceExhausted, async () =>
            await Framing.ReadAsync(Over(bomb), StreamingOutputCallRequest.Parser, 20_000, gzip: true, default));
    }

    [Fact]
    public async Task Read_TruncatedGzip_IsInternal()
    {
        var body = Compressed(Methods.Request(700))[Framing.PrefixLength..];

        await Methods.FailsAsync(StatusCode.Internal, () => AllAsync(Over(Framed(1, body[..^9])), gzip: true));
    }

    [Fact]
    public async Task Read_TextWithTheGzipFlag_IsInternal() =>
        await Methods.FailsAsync(StatusCode.Internal, () => AllAsync(Over([1, 0, 0, 0, 4, 1, 2, 3, 4]), gzip: true));

    [Fact]
    public void Write_BeyondTheLimit_WritesNothing()
    {
        var output = new ArrayBufferWriter<byte>();
        var failure = Assert.Throws<RpcException>(() => Framing.Write(output, Methods.Request(Limit), Limit));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Write_MoreThanAnIntCanCount_IsBeyondTheLimit()
    {
        var part = ByteString.CopyFrom(new byte[16 * 1024 * 1024]);
        var message = new FileDescriptorResponse { FileDescriptorProto = { Enumerable.Repeat(part, 160) } };
        var output = new ArrayBufferWriter<byte>();
        var failure = Assert.Throws<RpcException>(() => Framing.Write(output, message, MessageSize.Most));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(0, output.WrittenCount);
    }

    private static PipeReader Over(byte[] bytes) => PipeReader.Create(new ReadOnlySequence<byte>(bytes));

    private static byte[] Frames(params IMessage[] messages)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
        {
            Framing.Write(output, message, Limit);
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Compressed(IMessage message)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.SmallestSize))
        {
            message.WriteTo(gzip);
        }

        return Framed(1, zipped.ToArray());
    }

    private static byte[] Framed(byte flag, byte[] body) => [flag, 0, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static async Task<List<int>> AllAsync(PipeReader reader, bool gzip = false)
    {
        var sizes = new List<int>();
        while (await Framing.ReadAsync(reader, StreamingOutputCallRequest.Parser, Limit, gzip, default) is { } message)
        {
            sizes.Add(message.Payload?.Body.Length ?? 0);
        }

        return sizes;
    }
}

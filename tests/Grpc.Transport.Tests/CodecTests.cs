using System.Buffers;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport.Tests;

public class CodecTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100 %", "100 %25")]
    [InlineData("Grüße\n\t", "Gr%C3%BC%C3%9Fe%0A%09")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A")]
    public void PercentText_GoesThereAndBack(string text, string encoded)
    {
        Assert.Equal(encoded, PercentText.Encode(text));
        Assert.Equal(text, PercentText.Decode(encoded));
    }

    [Theory]
    [InlineData("50%")]
    [InlineData("%zz")]
    [InlineData("%")]
    public void BrokenPercentText_IsKept(string value) => Assert.Equal(value, PercentText.Decode(value));

    [Theory]
    [InlineData("4990m", 4990)]
    [InlineData("1S", 1000)]
    [InlineData("2M", 120_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("99999999n", 100)]
    [InlineData("500u", 0.5)]
    public void Timeout_IsRead(string text, double milliseconds)
    {
        Assert.True(DeadlineText.TryDecode(text, out var left));
        Assert.Equal(milliseconds, left.TotalMilliseconds, 3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    [InlineData("1x")]
    public void BrokenTimeout_IsRefused(string text) => Assert.False(DeadlineText.TryDecode(text, out _));

    [Fact]
    public void Timeout_NeverShrinksOnTheWire()
    {
        foreach (var span in (TimeSpan[])[TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(3), TimeSpan.FromSeconds(100), TimeSpan.FromDays(30), TimeSpan.FromDays(24_855)])
        {
            var text = DeadlineText.Encode(span);
            Assert.True(text.Length <= 9 && DeadlineText.TryDecode(text, out var back) && back >= span, text);
        }
    }

    [Fact]
    public void Metadata_KeepsOrder_Bytes_AndItsRules()
    {
        var metadata = new Metadata { { "a", "1" }, { "A", "2" }, { "x-bin", new byte[] { 0, 255, 7 } } };
        Assert.Equal("2", metadata.Get("a"));
        Assert.Equal([0, 255, 7], metadata.GetBytes("x-bin")!);
        Assert.False(metadata.Last().Value.EndsWith('='));
        Assert.Throws<ArgumentException>(() => metadata.Add("grpc-x", "1"));
        Assert.Throws<ArgumentException>(() => metadata.Add("sp ace", "1"));
        Assert.Throws<ArgumentException>(() => metadata.Add("k", "ü"));
        Assert.Throws<ArgumentException>(() => metadata.Add("y-bin", "text"));
        var received = new Metadata();
        received.AddReceived("B-Bin", "AP8H,AP8=");
        received.AddReceived("content-type", "application/grpc");
        Assert.Equal(2, received.Count);
        Assert.Equal([0, 255], received.Last().ValueBytes);
    }

    [Fact]
    public async Task Frames_CutAnywhere_AreTheSameMessages()
    {
        var written = new ArrayBufferWriter<byte>();
        WorkerHello[] messages = [new() { WorkerId = "one" }, new(), new() { WorkerId = new string('x', 300) }];
        foreach (var message in messages)
        {
            Framing.Write(written, message, 1024);
        }

        for (var cut = 0; cut <= written.WrittenCount; cut++)
        {
            var pipe = new System.IO.Pipelines.Pipe();
            var writing = WriteAsync(pipe.Writer, written.WrittenMemory, cut);
            foreach (var expected in messages)
            {
                Assert.Equal(expected, await Framing.ReadAsync(pipe.Reader, WorkerHello.Parser, 1024, gzip: false, CancellationToken.None));
            }

            Assert.Null(await Framing.ReadAsync(pipe.Reader, WorkerHello.Parser, 1024, gzip: false, CancellationToken.None));
            await writing;
        }

        static async Task WriteAsync(System.IO.Pipelines.PipeWriter writer, ReadOnlyMemory<byte> all, int cut)
        {
            await writer.WriteAsync(all[..cut]);
            await Task.Yield();
            await writer.WriteAsync(all[cut..]);
            await writer.CompleteAsync();
        }
    }

    [Fact]
    public void LargeMessage_IsNotSent() => Assert.Equal(
        StatusCode.ResourceExhausted,
        Assert.Throws<RpcException>(() => Framing.Write(new ArrayBufferWriter<byte>(), new WorkerHello { WorkerId = new string('x', 2000) }, 1024)).StatusCode);
}

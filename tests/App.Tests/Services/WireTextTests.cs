using System.Buffers;
using System.Text;
using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Tests.Services;

public sealed class WireTextTests
{
    private const string Marker = "@@@@";

    public static TheoryData<string, string> Places => new()
    {
        { "summary", new SubmitRequest { Summary = Marker }.Bytes() },
        { "labels.value", new SubmitRequest { JobType = "before", Labels = { ["name"] = Marker } }.Bytes() },
        { "labels.key", new SubmitRequest { Priority = 3, Labels = { [Marker] = "value" } }.Bytes() },
        { "parameters.value.map_value.fields.value.string_list.values", new SubmitRequest { Parameters = { ["p"] = Nested(new ConfigValue { StringList = new StringList { Values = { "good", Marker } } }) } }.Bytes() },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void BrokenText_IsFound_WhereItIs(string path, string base64)
    {
        Assert.Null(WireText.Broken(Whole(base64, "good"u8), SubmitRequest.Descriptor));
        Assert.Null(WireText.Broken(Whole(base64, "ok\uFFFD"u8[1..]), SubmitRequest.Descriptor));
        Assert.Equal(path, WireText.Broken(Whole(base64, [(byte)'a', 0xC3, 0x28, (byte)'b']), SubmitRequest.Descriptor));
    }

    [Fact]
    public void BytesAndNumbers_AreNoText()
    {
        var request = new SubmitRequest
        {
            AttemptTimeout = new Google.Protobuf.WellKnownTypes.Duration { Seconds = 1L << 40, Nanos = 5 },
            RetryLimit = -1,
            Parameters = { ["b"] = new ConfigValue { BytesValue = ByteString.CopyFrom(0xFF, 0xFE) }, ["d"] = new ConfigValue { DoubleValue = double.NaN }, ["l"] = new ConfigValue { Int64List = new Int64List { Values = { -1, 255 } } } },
        };
        Assert.Null(WireText.Broken(new ReadOnlySequence<byte>(request.ToByteArray()), SubmitRequest.Descriptor));
    }

    /// <summary>The parser passes over a group unread, so that anything may be in it: here a field that would be a message, of bytes that are none.</summary>
    [Fact]
    public void Group_EndsTheLook()
    {
        byte[] bytes = [0xA3, 0x06, (SubmitRequest.LabelsFieldNumber << 3) | 2, 1, 0xFF, 0xA4, 0x06];
        Assert.Empty(SubmitRequest.Parser.ParseFrom(bytes).Labels);
        Assert.Null(WireText.Broken(new ReadOnlySequence<byte>(bytes), SubmitRequest.Descriptor));
    }

    private static ConfigValue Nested(ConfigValue value) => new() { MapValue = new ValueMap { Fields = { ["inner"] = value } } };

    private static ReadOnlySequence<byte> Whole(string base64, ReadOnlySpan<byte> instead)
    {
        var bytes = Convert.FromBase64String(base64);
        instead.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker))));
        return new ReadOnlySequence<byte>(bytes);
    }
}

file static class Messages
{
    public static string Bytes(this IMessage message) => Convert.ToBase64String(message.ToByteArray());
}

using BlazorPluginAdmin.Wire;
using Google.Protobuf.Collections;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Parameters in JSON for a type without forms, and what its worker must get of them.</summary>
public static class Formless
{
    public const string Parameters = """
        {"whole":9007199254740993,"least":-9223372036854775808,"half":0.5,"yes":true,"text":"9007199254740993","list":["a","b"],"wholes":[9223372036854775807],"map":{"inner":{"deep":9007199254740995}},"bytes":{"bytes_value":"AP8="},"told":{"int64_value":"9007199254740997"},"pause":{"duration_value":"90s"}}
        """;

    public static void Check(MapField<string, ConfigValue> sent)
    {
        Assert.Equal((9007199254740993L, long.MinValue, 9007199254740997L), (sent["whole"].Int64Value, sent["least"].Int64Value, sent["told"].Int64Value));
        Assert.Equal((0.5, true, "9007199254740993"), (sent["half"].DoubleValue, sent["yes"].BoolValue, sent["text"].StringValue));
        Assert.Equal(["a", "b"], sent["list"].StringList.Values);
        Assert.Equal([long.MaxValue], sent["wholes"].Int64List.Values);
        Assert.Equal(9007199254740995L, sent["map"].MapValue.Fields["inner"].MapValue.Fields["deep"].Int64Value);
        Assert.Equal([0, 255], sent["bytes"].BytesValue.ToByteArray());
        Assert.Equal(90, sent["pause"].DurationValue.Seconds);
        Assert.Equal((Kind.Int64Value, Kind.StringValue), (sent["whole"].KindCase, sent["text"].KindCase));
    }
}

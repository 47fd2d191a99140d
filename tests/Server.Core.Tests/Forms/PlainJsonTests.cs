using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class PlainJsonTests
{
    public static TheoryData<FieldType, string, ConfigValue> Accepted => new()
    {
        { FieldType.Bool, "true", new ConfigValue.Bool(true) },
        { FieldType.Int64, "9007199254740993", new ConfigValue.Int64(9_007_199_254_740_993) },
        { FieldType.Int64, "\"-5\"", new ConfigValue.Int64(-5) },
        { FieldType.Int64, """{"int64_value":"9"}""", new ConfigValue.Int64(9) },
        { FieldType.Double, "3", new ConfigValue.Double(3) },
        { FieldType.Text, "\"x\"", new ConfigValue.Text("x") },
        { FieldType.Choice, "\"x\"", new ConfigValue.Text("x") },
        { FieldType.Bytes, "\"AQI=\"", new ConfigValue.Bytes([1, 2]) },
        { FieldType.Duration, "\"1h30m\"", new ConfigValue.Duration(5400, 0) },
        { FieldType.Duration, "90", new ConfigValue.Duration(90, 0) },
        { FieldType.List, """["a","b"]""", new ConfigValue.TextList(["a", "b"]) },
        { FieldType.List, "[]", new ConfigValue.TextList([]) },
        { FieldType.Map, """{"a":1}""", new ConfigValue.Map(ConfigValues.Empty.With("a", new ConfigValue.Int64(1))) },
        { FieldType.Map, """{"int64_value":"9"}""", new ConfigValue.Map(ConfigValues.Empty.With("int64_value", new ConfigValue.Text("9"))) },
        { FieldType.Map, """{"map_value":{"fields":{}}}""", new ConfigValue.Map(ConfigValues.Empty) },
        { FieldType.Unspecified, "true", new ConfigValue.Bool(true) },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void PlainValue_OfTheFieldsType_IsConverted(FieldType type, string json, ConfigValue expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.True(PlainJson.TryRead(new FieldSchema { Name = "f", Type = type }, null, document.RootElement, out var value, out var error), error);
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData(FieldType.Int64, "1.0")]
    [InlineData(FieldType.Int64, "1e3")]
    [InlineData(FieldType.Int64, "9223372036854775808")]
    [InlineData(FieldType.Int64, "true")]
    [InlineData(FieldType.Double, "\"NaN\"")]
    [InlineData(FieldType.Bool, "1")]
    [InlineData(FieldType.Text, "1")]
    [InlineData(FieldType.Bytes, "\"not base64!\"")]
    [InlineData(FieldType.Duration, "\"later\"")]
    [InlineData(FieldType.List, "\"a\"")]
    [InlineData(FieldType.List, "[1]")]
    [InlineData(FieldType.Map, "[]")]
    [InlineData(FieldType.Map, """{"a":9223372036854775808}""")]
    [InlineData(FieldType.Map, """{"a":1,"a":2}""")]
    public void PlainValue_OfAnotherType_IsRefusedNeverRounded(FieldType type, string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.False(PlainJson.TryRead(new FieldSchema { Name = "f", Type = type }, null, document.RootElement, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void List_WithADefault_TakesTheDefaultsKind()
    {
        using var document = JsonDocument.Parse("[0,1]");
        var field = new FieldSchema { Name = "codes", Type = FieldType.List };
        Assert.True(PlainJson.TryRead(field, new ConfigValue.Int64List([0]), document.RootElement, out var value, out _));
        Assert.Equal(new ConfigValue.Int64List([0, 1]), value);
    }
}

using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;
using FsCheck;
using FsCheck.Fluent;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class ConfigValueJsonTests
{
    [Fact]
    public void Envelope_AnyValues_ReadBackEqual() => Prop.ForAll<int>(seed =>
    {
        var values = RandomValues.Values(seed);
        Assert.Equal(values, ConfigValueJson.Parse(ConfigValueJson.Write(values)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void PlainJson_AnyValue_ReadsBackEqual() => Prop.ForAll<int>(seed =>
    {
        var value = RandomValues.Value(seed);
        var text = PlainJson.Write(value);
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
        Assert.True(PlainJson.TryRead(json.RootElement, out var read, out var error), $"{text}: {error}");
        Assert.Equal(value, read);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Theory]
    [InlineData("""{"int64_value":"9007199254740993"}""")]
    [InlineData("""{"int64_value":9007199254740993}""")]
    [InlineData("""{"int64Value":"9007199254740993"}""")]
    [InlineData("""{"int64Value":9007199254740993,"unknown_member":1,"stringValue":null}""")]
    public void Int64_AnySpelling_IsExact(string json) =>
        Assert.Equal(new ConfigValue.Int64(9_007_199_254_740_993), Read(json));

    [Theory]
    [InlineData("""{"int64_value":1.0}""")]
    [InlineData("""{"int64_value":"1e3"}""")]
    [InlineData("""{"int64_value":"9223372036854775808"}""")]
    [InlineData("""{"bool_value":"true"}""")]
    [InlineData("""{"bytes_value":"%%%"}""")]
    [InlineData("""{"duration_value":"soon"}""")]
    [InlineData("""{"bool_value":true,"int64_value":"1"}""")]
    [InlineData("""{"string_list":["a"]}""")]
    [InlineData("""{"string_list":{"values":["a",1]}}""")]
    [InlineData("[1]")]
    public void Value_ThatIsNotItsKind_IsRefused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.False(ConfigValueJson.TryRead(document.RootElement, out ConfigValue? _, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("""{"duration_value":"1.500s"}""", """{"duration_value":"1.500s"}""")]
    [InlineData("""{"durationValue":"-0.000000001s"}""", """{"duration_value":"-0.000000001s"}""")]
    [InlineData("""{"bytesValue":"_-8"}""", """{"bytes_value":"/+8="}""")]
    [InlineData("""{"stringList":{"values":["a"]}}""", """{"string_list":{"values":["a"]}}""")]
    [InlineData("""{"map_value":{"fields":{"k":{"int64Value":"1"}}}}""", """{"map_value":{"fields":{"k":{"int64_value":"1"}}}}""")]
    [InlineData("""{"double_value":"NaN"}""", """{"double_value":"NaN"}""")]
    [InlineData("""{"list_value":{}}""", """{"list_value":{"values":[]}}""")]
    [InlineData("{}", "{}")]
    public void Value_Written_HasTheWiresNames(string json, string expected) =>
        Assert.Equal($$$"""{"v":{{{expected}}}}""", ConfigValueJson.Write(ConfigValues.Empty.With("v", Read(json))));

    [Fact]
    public void Nesting_BeyondTheLimit_IsRefused()
    {
        var value = Enumerable.Range(0, FormLimits.Nesting + 2).Aggregate("""{"bool_value":true}""", (inner, _) => $$$"""{"list_value":{"values":[{{{inner}}}]}}""");
        using var document = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = 256 });
        Assert.False(ConfigValueJson.TryRead(document.RootElement, out ConfigValue? _, out var error));
        Assert.Contains("deeper", error, StringComparison.Ordinal);
    }

    private static ConfigValue Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.True(ConfigValueJson.TryRead(document.RootElement, out ConfigValue? value, out var error), error);
        return value;
    }
}

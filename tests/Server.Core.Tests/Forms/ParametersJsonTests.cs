using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class ParametersJsonTests
{
    private static readonly Descriptor Known = new()
    {
        JobType = "t",
        WorkerForm = new FormSchema("t.worker", "", "",
        [
            new SectionSchema("job", "", "",
            [
                new FieldSchema { Name = "env", Type = FieldType.Map },
                new FieldSchema { Name = "shell", Type = FieldType.Bool },
                new FieldSchema { Name = "args", Type = FieldType.List },
                new FieldSchema { Name = "says", Type = FieldType.Text },
                new FieldSchema { Name = "pin", Type = FieldType.Int64, Sensitive = true },
                new FieldSchema { Name = "codes", Type = FieldType.List },
            ]),
        ], ConfigValues.Empty.With("codes", new ConfigValue.Int64List([0]))),
    };

    /// <summary>Half of a surrogate pair is JSON, and read where it stands it would throw.</summary>
    [Theory]
    [InlineData("""{"says":"\ud800"}""", "says")]
    [InlineData("""{"says":{"string_value":"\uDC00x"}}""", "says")]
    [InlineData("""{"env":{"A":"\ud800"}}""", "env")]
    [InlineData("""{"env":{"\ud800":"b"}}""", "env")]
    [InlineData("""{"args":["a","\ud800"]}""", "args")]
    [InlineData("""{"shell":"\ud800"}""", "shell")]
    [InlineData("""{"other":"\ud800"}""", "other")]
    [InlineData("""{"\ud800":1}""", "parameters")]
    public void WhatIsNoText_IsRefused(string json, string path) => Assert.Equal(path, Assert.Single(Read(json).Errors).Path);

    [Fact]
    public void WholePair_IsAText() => Assert.Equal(new ConfigValue.Text("\U0001F600"), Read("""{"says":"\ud83d\ude00"}""").Parameters["says"]);

    [Theory]
    [InlineData("""{"env":{"string_value":"FOO=bar"}}""")]
    [InlineData("""{"env":"FOO=bar"}""")]
    [InlineData("""{"env":7}""")]
    public void TextWhereAnObjectBelongs_IsRefused_NotTakenForAnObject(string json) =>
        Assert.Equal("env", Assert.Single(Read(json).Errors).Path);

    [Theory]
    [InlineData("""{"env":{"A":"b"}}""")]
    [InlineData("""{"env":"{\"A\":\"b\"}"}""")]
    [InlineData("""{"env":{"map_value":{"fields":{"A":{"string_value":"b"}}}}}""")]
    public void Object_PlainSpelledOrAsOnTheWire_IsTheSame(string json) =>
        Assert.Equal(new ConfigValue.Map(ConfigValues.Empty.With("A", new ConfigValue.Text("b"))), Read(json).Parameters["env"]);

    [Theory]
    [InlineData("""{"codes":[{"int64_value":"9"},2]}""")]
    [InlineData("""{"codes":{"int64_list":{"values":["9",2]}}}""")]
    public void ValueAsOnTheWire_MayStandInAList(string json) => Assert.Equal(new ConfigValue.Int64List([9, 2]), Read(json).Parameters["codes"]);

    [Fact]
    public void SecretThatCannotBeRead_IsNotRepeated()
    {
        var error = Assert.Single(Read("""{"pin":12345678901234567890123}""").Errors);
        Assert.Equal("pin", error.Path);
        Assert.DoesNotContain("123", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_StandForWhatTheySpell_AndForThemselvesWhereTextIsWanted()
    {
        var values = Read("""{"shell":"true","args":"[\"a\",\"b\"]","says":"true"}""").Parameters;
        Assert.Equal((new ConfigValue.Bool(true), new ConfigValue.Text("true")), (values["shell"], values["says"]));
        Assert.Equal(new ConfigValue.TextList(["a", "b"]), values["args"]);
    }

    private static (ConfigValues Parameters, System.Collections.Immutable.ImmutableArray<FieldError> Errors) Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ParametersJson.Read(Known, document.RootElement);
    }
}

using System.Text;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Parameters become one JSON object.</summary>
public class ParametersTests
{
    [Fact]
    public void Text_GoesInAnEnvelope_SoThatTheFormConvertsIt()
    {
        var parameters = new JobParameters();
        parameters.Pair("hours=5");
        parameters.Pair("path=a=b");
        Assert.Equal("""{"hours":{"string_value":"5"},"path":{"string_value":"a=b"}}""", parameters.Write());
    }

    [Fact]
    public void ObjectOfJson_IsLeftToTheField()
    {
        var parameters = new JobParameters();
        parameters.Pair("""env={"A":"b"}""");
        parameters.Pair("note={no json");
        Assert.Equal("""{"env":"{\"A\":\"b\"}","note":{"string_value":"{no json"}}""", parameters.Write());
    }

    [Fact]
    public void SameNameTwice_IsAList()
    {
        var parameters = new JobParameters();
        parameters.Pair("args=-l");
        parameters.Pair("args=/tmp");
        Assert.Equal("""{"args":{"string_list":{"values":["-l","/tmp"]}}}""", parameters.Write());
    }

    [Fact]
    public void SingleParameters_WinOverTheObject()
    {
        var parameters = new JobParameters();
        parameters.Json("""{"a":1,"big":9007199254740993,"c":[1,{"d":null}]}""");
        parameters.Pair("a=2");
        Assert.Equal("""{"a":{"string_value":"2"},"big":9007199254740993,"c":[1,{"d":null}]}""", parameters.Write());
    }

    [Fact]
    public void File_IsTextWhereItCanBe()
    {
        var parameters = new JobParameters();
        parameters.Bytes("stdin", Encoding.UTF8.GetBytes("grüße\n"));
        parameters.Bytes("image", [0xff, 0x00]);
        Assert.Equal("""{"image":{"bytes_value":"/wA="},"stdin":{"string_value":"grüße\n"}}""", parameters.Write());
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("")]
    public void JsonOfAnotherShape_IsRefused(string json) => Assert.Equal(ExitCodes.Usage, Assert.Throws<ToolException>(() => new JobParameters().Json(json)).ExitCode);

    [Fact]
    public void NothingGiven_IsNothing() => Assert.Equal("", new JobParameters().Write());
}

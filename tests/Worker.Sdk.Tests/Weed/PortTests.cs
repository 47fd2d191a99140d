using BlazorPluginAdmin.Tests.Shared;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>Must 12: how a worker finds the worker port.</summary>
public sealed class PortTests(WeedMessages messages) : WeedTest(messages)
{
    /// <summary>HTTP port 0 is fine there: nobody dials it.</summary>
    [Theory]
    [InlineData("127.0.0.1:{http}.{grpc}")]
    [InlineData("127.0.0.1:0.{grpc}")]
    public async Task Must12_DottedAddress_IsDialledWithoutAQuestion(string form)
    {
        await StartAdminAsync();
        await ConnectedAsync(form.Replace("{http}", $"{Admin.HttpPort}", StringComparison.Ordinal).Replace("{grpc}", $"{Admin.GrpcPort}", StringComparison.Ordinal));
        Assert.Empty(Admin.Questions);
    }

    [Theory]
    [InlineData("right")]
    [InlineData("redirect")]
    public async Task Must12_PlainAddress_IsAskedForThePort_AnyPort(string mode)
    {
        await StartAdminAsync();
        await Admin.StatusAsync(mode);
        await ConnectedAsync(Admin.Address);
        Assert.All(Admin.Questions, scheme => Assert.Equal("http", scheme));
        Assert.NotEmpty(Admin.Questions);
    }

    [Theory]
    [InlineData("401")]
    [InlineData("404")]
    [InlineData("bad_json")]
    [InlineData("zero")]
    [InlineData("text")]
    [InlineData("missing")]
    [InlineData("list")]
    [InlineData("silent")]
    public async Task Must12_PageThatDoesNotTell_IsAskedByHttps_ThenTheConventionCounts(string mode)
    {
        await StartAdminAsync(new WeedSettings { Pair = true });
        await Admin.StatusAsync(mode);
        await ConnectedAsync(Admin.Address);
        Assert.Equal(["http", "https"], Admin.Questions);
    }

    [Fact]
    public async Task Must12_PageThatIsClosed_LeavesTheConvention()
    {
        await StartAdminAsync(new WeedSettings { Pair = true });
        await Admin.StatusAsync("refused");
        await ConnectedAsync(Admin.Address);
    }

    [Fact]
    public async Task Must12_WrongGuess_IsNotForEver()
    {
        await StartAdminAsync();
        await Admin.StatusAsync("404");
        var worker = Worker(options => options with { Address = Admin.Address }, new Echo());
        var failure = await Assert.ThrowsAsync<StartFailureException>(() => worker.StartAsync().InTimeAsync("the failure of the start"));
        Assert.Equal((CloseReason.Unreachable, false), (failure.Reason, failure.IsPermanent));
        await Admin.StatusAsync("right");
        await worker.StartAsync().InTimeAsync("the worker's start");
        Assert.Equal(WorkerState.Running, worker.State);
    }

    private async Task ConnectedAsync(string address)
    {
        var worker = Worker(options => options with { Address = address }, new Echo());
        await worker.StartAsync().InTimeAsync("the worker's start");
        await Admin.NextAsync(Body.Hello);
    }
}

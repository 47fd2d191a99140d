using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("grpc://h:1", "http://h:1")]
    [InlineData("grpcs://h:1", "https://h:1")]
    [InlineData("h:23646.4711", "http://h:4711")]
    public async Task Addresses_AreUnderstood(string given, string dialled) =>
        Assert.Equal(dialled, await WorkerAddress.ResolveAsync(given, TimeProvider.System, CancellationToken.None).InTimeAsync("the address"));

    [Fact]
    public async Task Address_WithoutAnAnswer_IsTheConvention() =>
        Assert.Equal("http://127.0.0.1:10001", await WorkerAddress.ResolveAsync("127.0.0.1:1", TimeProvider.System, CancellationToken.None).InTimeAsync("the address"));

    [Theory]
    [InlineData("nothing")]
    [InlineData("h:1.2.3")]
    [InlineData("h:99999")]
    public async Task Address_OfNoKnownForm_IsRefused(string given) =>
        await Assert.ThrowsAsync<FormatException>(() => WorkerAddress.ResolveAsync(given, TimeProvider.System, CancellationToken.None));
}

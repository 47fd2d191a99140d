using BlazorPluginAdmin.Grpc.Transport;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>Our client against a server of another language.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);

    private readonly PeerProcess _server = PeerProcess.JavaScript("server.js");

    public static TheoryData<string> All => Cases.All;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(All))]
    public async Task Client_CaseOnANodeServer_Succeeds(string name)
    {
        using var channel = GrpcChannel.ForAddress($"http://{await _server.FirstLineAsync()}");
        try
        {
            await new ClientCases(channel).RunAsync(name).WaitAsync(HangLimit, TimeProvider.System);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{exception}\n{_server}");
        }
    }
}

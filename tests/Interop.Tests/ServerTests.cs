namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>Clients of other languages against our server.</summary>
public sealed class ServerTests(PythonMessages messages) : IClassFixture<PythonMessages>
{
    public static TheoryData<string> All => Cases.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Server_CaseOfANodeClient_Succeeds(string name)
    {
        await using var host = await InteropService.StartAsync();
        await using var client = PeerProcess.JavaScript("client.js", new Uri(host.Address).Authority, name);
        await client.SucceedAsync();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Server_CaseOfAPythonClient_Succeeds(string name)
    {
        await using var host = await InteropService.StartAsync();
        await using var client = PeerProcess.Python(messages.Folder, "client.py", new Uri(host.Address).Authority, name);
        await client.SucceedAsync();
    }

    [Theory]
    [InlineData("compressed_unary")]
    [InlineData("compressed_streaming")]
    [InlineData("health_check")]
    [InlineData("health_list")]
    [InlineData("health_watch")]
    [InlineData("reflection_v1")]
    [InlineData("reflection_v1alpha")]
    public async Task Server_StandardServiceForAPythonClient_Answers(string name)
    {
        await using var host = await InteropService.StartAsync();
        await using var client = PeerProcess.Python(messages.Folder, "services.py", new Uri(host.Address).Authority, name);
        await client.SucceedAsync();
    }
}

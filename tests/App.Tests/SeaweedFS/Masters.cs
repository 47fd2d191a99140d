using System.Collections.Immutable;
using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>Clients of scripted masters.</summary>
internal static class Masters
{
    public static SeaweedFSOptions Options(params ScriptedMaster[] masters) => new() { Masters = [.. masters.Select(master => Address(master.Address))] };

    public static MasterClient Client(TimeProvider time, params ScriptedMaster[] masters) => new(Options(masters).Masters, null, time);

    public static ServerAddress Address(string text)
    {
        Assert.True(ServerAddress.TryParse(text, out var address), text);
        return address;
    }
}

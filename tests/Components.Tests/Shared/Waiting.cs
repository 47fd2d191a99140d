using System.Runtime.CompilerServices;

namespace BlazorPluginAdmin.Components.Tests.Shared;

/// <summary>
/// bUnit's waits end after one second by default, which a busy machine with few threads to spare does not always keep. As
/// everywhere else the limit only keeps a broken build from hanging.
/// </summary>
internal static class Waiting
{
    [ModuleInitializer]
    internal static void GiveTime() => BunitContext.DefaultWaitTimeout = TimeSpan.FromMinutes(1);
}

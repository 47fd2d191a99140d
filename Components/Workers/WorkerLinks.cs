using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Workers;

/// <summary>Addresses of workers: an id may hold any printable character, slashes too.</summary>
public static class WorkerLinks
{
    public static string To(WorkerId worker) => $"workers/{Uri.EscapeDataString(worker.Value)}";
}

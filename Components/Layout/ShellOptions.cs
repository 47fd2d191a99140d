namespace BlazorPluginAdmin.Components.Layout;

/// <summary>What the host tells the frame of every page.</summary>
/// <param name="Admission">Who is let in, in one line.</param>
/// <param name="WorkerTls">Workers dial with TLS and a certificate of their own.</param>
public sealed record ShellOptions(string Environment, string Version, string WorkerAddress, string HttpAddress, string Admission = "", bool WorkerTls = false)
{
    /// <summary>Where <c>pluginctl</c> finds this admin.</summary>
    public string ToolAddress => WorkerTls ? $"https://{WorkerAddress}" : WorkerAddress;

    /// <summary>When this process began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>A door that is open to other machines without encryption, in one sentence; empty: there is none.</summary>
    public string Exposure { get; init; } = "";

    /// <summary>Bytes of the store's file just now; 0 = not known.</summary>
    public long StoreSize { get; init; }
}

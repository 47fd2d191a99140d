using Microsoft.Extensions.Hosting;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>The kit's hosts are not the program: Ctrl+C and SIGTERM end the kit, not one of them.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

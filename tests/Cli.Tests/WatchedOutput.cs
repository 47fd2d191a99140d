using System.Text;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>An output that tells when a text has come.</summary>
internal sealed class WatchedOutput(string awaited) : MemoryStream
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task SeenAsync() => _seen.Task;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(buffer, cancellationToken);
        if (Encoding.UTF8.GetString(ToArray()).Contains(awaited, StringComparison.Ordinal))
            _seen.TrySetResult();
    }
}

using System.Text;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>An output that tells when a text has come.</summary>
internal sealed class WatchedOutput(string awaited) : MemoryStream
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? _next;

    public Task SeenAsync() => _seen.Task;

    /// <summary>Anything that is written from now on.</summary>
    public Task MoreAsync() => (_next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(buffer, cancellationToken);
        _next?.TrySetResult();
        if (Encoding.UTF8.GetString(ToArray()).Contains(awaited, StringComparison.Ordinal))
            _seen.TrySetResult();
    }
}

using System.Collections.Concurrent;
using System.Text;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>An output that tells when a text has come.</summary>
internal sealed class WatchedOutput(string awaited) : MemoryStream
{
    private readonly ConcurrentBag<(string Text, TaskCompletionSource Seen)> _waiting = [];
    private volatile TaskCompletionSource? _next;
    private volatile string _text = "";

    public Task SeenAsync() => SeenAsync(awaited);

    public Task SeenAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((text, seen));
        Tell();
        return seen.Task;
    }

    /// <summary>Anything that is written from now on.</summary>
    public Task MoreAsync() => (_next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public override void Write(byte[] buffer, int offset, int count)
    {
        base.Write(buffer, offset, count);
        Written();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        base.Write(buffer);
        Written();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(buffer, cancellationToken);
        Written();
    }

    private void Written()
    {
        _text = Encoding.UTF8.GetString(ToArray());
        _next?.TrySetResult();
        Tell();
    }

    private void Tell()
    {
        foreach (var (text, seen) in _waiting)
        {
            if (_text.Contains(text, StringComparison.Ordinal))
                seen.TrySetResult();
        }
    }
}

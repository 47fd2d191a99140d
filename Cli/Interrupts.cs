using System.Runtime.InteropServices;

namespace BlazorPluginAdmin.Cli;

/// <summary>Ctrl+C: the first one goes to whoever asked for it, otherwise it ends the tool; the second always does.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _leave = new();
    private PosixSignalRegistration? _signal;
    private TaskCompletionSource? _first;

    /// <summary>Cancelled when the tool is to end.</summary>
    public CancellationToken Leave => _leave.Token;

    public static Interrupts OfProcess()
    {
        var interrupts = new Interrupts();
        interrupts._signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupts.Raise();
        });
        return interrupts;
    }

    /// <summary>Completes with the first Ctrl+C from now on, which then does not end the tool.</summary>
    public Task FirstAsync()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _first, first);
        return first.Task;
    }

    public void Raise()
    {
        if (Interlocked.Exchange(ref _first, null) is { } first)
            first.TrySetResult();
        else
            _leave.Cancel();
    }

    public void Dispose()
    {
        _signal?.Dispose();
        _leave.Dispose();
    }
}

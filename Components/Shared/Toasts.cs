using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>Something said in passing.</summary>
/// <param name="Undo">Takes back what was done, by a command of its own; null when there is nothing to take back.</param>
public sealed record Toast(int Id, string Text, bool IsRefusal, Func<Task<Refusal?>>? Undo);

/// <summary>
/// What a circuit says in passing: the answer to something a person did, and for ten seconds the way to take it back.
/// Used on the circuit's thread only.
/// </summary>
public sealed class Toasts(TimeProvider time) : IDisposable
{
    /// <summary>How long a toast stays.</summary>
    public static readonly TimeSpan Stay = TimeSpan.FromSeconds(10);

    private const int Most = 4;

    private readonly CancellationTokenSource _gone = new();
    private int _last;

    /// <summary>Oldest first.</summary>
    public ImmutableArray<Toast> Shown { get; private set; } = [];

    /// <summary>Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Says what was done, or why not.</summary>
    public void Say(string text, bool refused = false) => Show(text, refused, null);

    /// <summary>Says what was done and offers to take it back.</summary>
    public void Say(string text, Func<Task<Refusal?>> undo) => Show(text, false, undo);

    /// <summary>The refusal if there is one, else the text.</summary>
    public void Say(Refusal? refusal, string otherwise) => Show(refusal?.Text ?? otherwise, refusal is not null, null);

    /// <summary>The refusal if there is one, else what was done and the way to take it back.</summary>
    public void Say(Refusal? refusal, string done, Func<Task<Refusal?>> undo) => Show(refusal?.Text ?? done, refusal is not null, refusal is null ? undo : null);

    public void Close(Toast toast)
    {
        Shown = Shown.RemoveAll(shown => shown.Id == toast.Id);
        Changed?.Invoke();
    }

    public async Task UndoAsync(Toast toast)
    {
        Close(toast);
        if (toast.Undo is { } undo)
        {
            Say(await undo(), "Taken back.");
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private void Show(string text, bool refused, Func<Task<Refusal?>>? undo)
    {
        var toast = new Toast(++_last, text, refused, undo);
        Shown = [.. Shown.TakeLast(Most - 1), toast];
        Changed?.Invoke();
        _ = CloseLaterAsync(toast);
    }

    private async Task CloseLaterAsync(Toast toast)
    {
        try
        {
            await Task.Delay(Stay, time, _gone.Token);
            Close(toast);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The circuit has ended.
        }
    }
}

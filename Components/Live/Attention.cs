namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// Whether somebody looks, and wants things to move. Paused, pages stand still while everything goes on behind them; hidden
/// for a minute, nothing is drawn at all. Circuit's thread only.
/// </summary>
public sealed class Attention(TimeProvider time)
{
    /// <summary>How long a page is drawn that nobody sees.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TaskCompletionSource _seen = Done();
    private long? _hiddenAt;

    /// <summary>Null: live.</summary>
    public DateTimeOffset? PausedAt { get; private set; }

    public bool IsPaused => PausedAt is not null;

    /// <summary>Hidden for so long that nothing is drawn any more.</summary>
    public bool IsAsleep => _hiddenAt is { } since && time.GetElapsedTime(since) >= Patience;

    /// <summary>Paused or resumed.</summary>
    public event Action? Changed;

    public void Toggle()
    {
        if (IsPaused)
        {
            Resume();
        }
        else
        {
            Pause();
        }
    }

    public void Pause()
    {
        PausedAt ??= time.GetUtcNow();
        Changed?.Invoke();
    }

    public void Resume()
    {
        PausedAt = null;
        Changed?.Invoke();
    }

    /// <summary>The browser shows the page, or does not any more.</summary>
    public void See(bool visible)
    {
        if (visible)
        {
            _hiddenAt = null;
            _seen.TrySetResult();
        }
        else if (_hiddenAt is null)
        {
            _hiddenAt = time.GetTimestamp();
            _seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes at once, or when the page is seen again.</summary>
    public Task AwakeAsync(CancellationToken cancellationToken) => IsAsleep ? _seen.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}

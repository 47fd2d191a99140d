namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>
/// Does something at most once in a while: at once when it was not done lately, else when the while is over, however often it was
/// asked for meanwhile. Used on the circuit's thread, and acts there.
/// </summary>
/// <param name="fault">Takes what goes wrong later, when nobody waits for it.</param>
public sealed class Paced(TimeProvider time, TimeSpan pace, Func<Task> act, Func<Exception, Task> fault, CancellationToken gone)
{
    private Task _later = Task.CompletedTask;
    private DateTimeOffset _last;
    private bool _waits;

    public async Task AskAsync()
    {
        // What has not begun yet answers this one too; what has may have looked already.
        if (_waits)
        {
            return;
        }

        var left = _last + pace - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            _waits = true;
            _later = LaterAsync(_later, left < pace ? left : pace);
            return;
        }

        _last = time.GetUtcNow();
        await act();
    }

    /// <summary>After <c>gone</c> was cancelled.</summary>
    public Task EndedAsync() => _later;

    private async Task LaterAsync(Task before, TimeSpan left)
    {
        try
        {
            await Task.Delay(left, time, gone);
            await before;
            _waits = false;
            _last = time.GetUtcNow();
            await act();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            await fault(exception);
        }
    }
}

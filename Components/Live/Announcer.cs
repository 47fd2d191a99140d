namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// What a page says aloud of itself while nobody asked: rows that came, counts that changed. The frame reads it out, the newest
/// of it and at most every ten seconds; what is the same as before is not said again. Circuit's thread only.
/// </summary>
public sealed class Announcer(TimeProvider time) : IDisposable
{
    /// <summary>Least time between two announcements.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _gone = new();
    private string _newest = "";
    private long? _saidAt;
    private bool _waits;

    /// <summary>Being read out; empty before the first.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Raised on the circuit's thread.</summary>
    public event Action? Changed;

    public void Say(string text)
    {
        _newest = text;
        if (_waits || text == Said)
        {
            return;
        }

        var left = _saidAt is { } at ? Pace - time.GetElapsedTime(at) : TimeSpan.Zero;
        if (left <= TimeSpan.Zero)
        {
            SayNow();
            return;
        }

        _waits = true;
        _ = SayLaterAsync(left);
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private void SayNow()
    {
        (_waits, _saidAt) = (false, time.GetTimestamp());
        if (_newest != Said)
        {
            Said = _newest;
            Changed?.Invoke();
        }
    }

    private async Task SayLaterAsync(TimeSpan left)
    {
        try
        {
            await Task.Delay(left, time, _gone.Token);
            SayNow();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The circuit has ended.
        }
    }
}

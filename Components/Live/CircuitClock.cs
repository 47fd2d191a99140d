namespace BlazorPluginAdmin.Components.Live;

/// <summary>One tick a second for all "3 s ago" of a circuit; runs only while something shows a time.</summary>
public sealed class CircuitClock(TimeProvider time) : IDisposable
{
    private ITimer? _ticking;
    private Action? _tick;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Called on a pool thread.</summary>
    public event Action Tick
    {
        add
        {
            _tick += value;
            _ticking ??= time.CreateTimer(_ => _tick?.Invoke(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }

        remove
        {
            _tick -= value;
            if (_tick is null)
            {
                _ticking?.Dispose();
                _ticking = null;
            }
        }
    }

    public void Dispose() => _ticking?.Dispose();
}

using System.Collections.Immutable;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// The admin's clock for a circuit, and one tick a second for all "3 s ago": they are drawn together, and only those whose
/// text has changed. It runs only while something shows a time, and stands still with a paused page.
/// </summary>
public sealed class CircuitClock(TimeProvider time, RenderBatch? batch = null, Attention? attention = null) : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private ImmutableHashSet<TickingComponent> _ticking = [];
    private ITimer? _timer;
    private Action? _tick;

    public DateTimeOffset Now => attention?.PausedAt ?? time.GetUtcNow();

    /// <summary>Called on a pool thread.</summary>
    public event Action Tick
    {
        add
        {
            _tick += value;
            Start();
        }

        remove
        {
            _tick -= value;
            StopIfIdle();
        }
    }

    public void Dispose() => _timer?.Dispose();

    internal void Join(TickingComponent component)
    {
        _ticking = _ticking.Add(component);
        Start();
    }

    internal void Leave(TickingComponent component)
    {
        _ticking = _ticking.Remove(component);
        StopIfIdle();
    }

    private void Start() => _timer ??= time.CreateTimer(_ => OnTick(), null, s_second, s_second);

    private void StopIfIdle()
    {
        if (_tick is null && _ticking.IsEmpty)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void OnTick()
    {
        if (attention is { IsAsleep: true } or { IsPaused: true })
        {
            return;
        }

        _tick?.Invoke();
        var ticking = _ticking;
        if (ticking.IsEmpty || batch?.TryPost(() => DrawChanged(ticking)) == true)
        {
            return;
        }

        foreach (var component in ticking)
        {
            component.PostTick();
        }
    }

    private void DrawChanged(ImmutableHashSet<TickingComponent> ticking)
    {
        var changed = ticking.Where(component => component.HasChanged).ToList();
        if (changed.Count > 0)
        {
            _ = batch!.RunAsync(() => changed.ForEach(component => component.Draw()));
        }
    }
}

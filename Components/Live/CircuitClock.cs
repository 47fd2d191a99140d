using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// The admin's clock for a circuit, and one tick a second for all "3 s ago": they are drawn together, and only those whose
/// text has changed. It runs only while something shows a time, and stands still with a paused page.
/// </summary>
public sealed class CircuitClock(TimeProvider time, RenderBatch? batch = null, Attention? attention = null, Viewer? viewer = null) : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ImmutableHashSet<TickingComponent> _ticking = [];
    private ITimer? _timer;
    private Action? _tick;

    public DateTimeOffset Now => attention?.PausedAt ?? time.GetUtcNow();

    /// <summary>"3 s ago", or the time of day, as the person chose.</summary>
    public string Ago(DateTimeOffset at) => Mode != TimeMode.Relative ? Moment(at) : at > Now ? $"in {Words.Ticking(at - Now)}" : $"{Words.Ticking(Now - at)} ago";

    /// <summary>Time of day, with the date unless it is today's.</summary>
    public string Moment(DateTimeOffset at) => Moments.Short(at, Now, Mode, Zone);

    /// <summary>Date, time and the zone they are in.</summary>
    public string Full(DateTimeOffset at) => Moments.Full(at, Mode, Zone);

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

    private TimeMode Mode => viewer?.Settings.Time ?? TimeMode.Relative;

    private TimeZoneInfo Zone => viewer?.Zone ?? TimeZoneInfo.Utc;

    public void Dispose()
    {
        _timer?.Dispose();
        if (viewer is not null)
        {
            viewer.Changed -= DrawAll;
        }
    }

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

    private void Start()
    {
        if (_timer is null)
        {
            _timer = time.CreateTimer(_ => OnTick(), null, Second, Second);
            if (viewer is not null)
            {
                viewer.Changed += DrawAll;
            }
        }
    }

    private void StopIfIdle()
    {
        if (_tick is null && _ticking.IsEmpty)
        {
            Dispose();
            _timer = null;
        }
    }

    /// <summary>The person reads times another way now: even those that did not change say another zone.</summary>
    private void DrawAll()
    {
        var ticking = _ticking.ToList();
        _ = batch?.RunAsync(() => ticking.ForEach(component => component.Draw()));
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

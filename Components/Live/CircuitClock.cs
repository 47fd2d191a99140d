using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// The admin's clock for a circuit, and one tick a second for all "3 s ago" and pictures that move by themselves: they are
/// drawn together, and only those that look different. It runs only while there are such. On a paused page what was under way
/// stands still, but how long ago a thing was stays true.
/// </summary>
public sealed class CircuitClock(TimeProvider time, RenderBatch? batch = null, Attention? attention = null, Viewer? viewer = null) : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ImmutableHashSet<ClockedComponent> _clocked = [];
    private ITimer? _timer;

    public DateTimeOffset Now => attention?.PausedAt ?? time.GetUtcNow();

    /// <summary>"3 s ago", or the time of day, as the person chose.</summary>
    /// <param name="compact">"7 m 13 s ago", where there is little room.</param>
    public string Ago(DateTimeOffset at, bool compact = false)
    {
        var age = time.GetUtcNow() - at;
        var span = compact ? Words.Compact(age.Duration()) : Words.Ticking(age.Duration());
        return Mode != TimeMode.Relative ? Moment(at) : age < TimeSpan.Zero ? $"in {span}" : $"{span} ago";
    }

    /// <summary>Time of day, with the date unless it is today's.</summary>
    public string Moment(DateTimeOffset at) => Moments.Short(at, Now, Mode, Zone);

    /// <summary>Date, time and the zone they are in.</summary>
    public string Full(DateTimeOffset at) => Moments.Full(at, Mode, Zone);

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

    internal void Join(ClockedComponent component)
    {
        _clocked = _clocked.Add(component);
        if (_timer is null)
        {
            _timer = time.CreateTimer(_ => OnTick(), null, Second, Second);
            if (viewer is not null)
            {
                viewer.Changed += DrawAll;
            }
        }
    }

    internal void Leave(ClockedComponent component)
    {
        _clocked = _clocked.Remove(component);
        if (_clocked.IsEmpty)
        {
            Dispose();
            _timer = null;
        }
    }

    /// <summary>The person reads times another way now: even those that did not change say another zone.</summary>
    private void DrawAll()
    {
        var clocked = _clocked.ToList();
        _ = batch?.RunAsync(() => clocked.ForEach(component => component.Draw()));
    }

    private void OnTick()
    {
        if (attention is { IsAsleep: true })
        {
            return;
        }

        var clocked = _clocked;
        if (clocked.IsEmpty || batch?.TryPost(() => DrawDue(clocked)) == true)
        {
            return;
        }

        foreach (var component in clocked.Where(Moves))
        {
            component.PostTick();
        }
    }

    /// <summary>Pictures stand still while the page is paused; words about time do not, or they would be wrong.</summary>
    private bool Moves(ClockedComponent component) => attention is not { IsPaused: true } || component is TickingComponent;

    private void DrawDue(ImmutableHashSet<ClockedComponent> clocked)
    {
        var due = clocked.Where(component => Moves(component) && component.IsDue).ToList();
        if (due.Count > 0)
        {
            _ = batch!.RunAsync(() => due.ForEach(component => component.Draw()));
        }
    }
}

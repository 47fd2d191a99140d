using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// A part of a page that is alive, drawn only when what it shows is another value than before, and not more often than its
/// pace: with the page, or on the clock when the page has no reason to be drawn again. What a person does in it is drawn at once.
/// </summary>
public abstract class PacedComponent : ClockedComponent
{
    private object? _shown;
    private long _at;
    private bool _waits;
    private bool _same;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>Everything it depends on; compared by value.</summary>
    protected abstract object State { get; }

    /// <summary>The least time between two pictures.</summary>
    protected virtual TimeSpan Pace => TimeSpan.FromSeconds(1);

    protected internal override bool IsDue => _waits && Time.GetElapsedTime(_at) >= Pace;

    /// <summary>Works out what is shown. Default: nothing, it is shown as it comes.</summary>
    protected virtual void Refresh()
    {
    }

    /// <summary>Shown at once in spite of the pace, such as another window.</summary>
    protected virtual bool IsUrgent(object shown, object state) => false;

    protected override void OnParametersSet()
    {
        var state = State;
        var isSame = state.Equals(_shown);
        if (isSame || (_shown is not null && !IsUrgent(_shown, state) && Time.GetElapsedTime(_at) < Pace))
        {
            (_waits, _same) = (!isSame, true);
        }
        else
        {
            Take(state);
        }
    }

    protected override void OnTick() => Take(State);

    protected override bool ShouldRender()
    {
        var same = _same;
        _same = false;
        return !same;
    }

    private void Take(object state)
    {
        (_waits, _same, _shown, _at) = (false, false, state, Time.GetTimestamp());
        Refresh();
    }
}

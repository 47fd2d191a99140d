using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>
/// A picture inside a page that is alive: it is worked out anew only when what it shows is another value than before, and
/// not more often than its pace.
/// </summary>
public abstract class PacedComponent : ComponentBase
{
    private object? _shown;
    private long _at;
    private bool _own = true;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>Everything the picture depends on; compared by value.</summary>
    protected abstract object State { get; }

    /// <summary>The least time between two pictures.</summary>
    protected virtual TimeSpan Pace => TimeSpan.FromSeconds(1);

    /// <summary>Works out what is shown.</summary>
    protected abstract void Refresh();

    /// <summary>A person changed something here: shown at once.</summary>
    protected void Renew()
    {
        Refresh();
        _own = true;
    }

    protected override void OnParametersSet()
    {
        var state = State;
        if (state.Equals(_shown) || (_shown is not null && Time.GetElapsedTime(_at) < Pace && !IsUrgent(_shown, state)))
        {
            return;
        }

        (_shown, _at, _own) = (state, Time.GetTimestamp(), true);
        Refresh();
    }

    /// <summary>Shown at once in spite of the pace, such as another window.</summary>
    protected virtual bool IsUrgent(object shown, object state) => false;

    protected override bool ShouldRender()
    {
        var render = _own;
        _own = false;
        return render;
    }
}

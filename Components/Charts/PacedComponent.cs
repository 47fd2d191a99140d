using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>
/// A part of a page that is alive, drawn only when what it shows is another value than before, and not more often than its
/// pace. What a person does in it is drawn at once.
/// </summary>
public abstract class PacedComponent : ComponentBase
{
    private object? _shown;
    private long _at;
    private bool _same;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>Everything it depends on; compared by value.</summary>
    protected abstract object State { get; }

    /// <summary>The least time between two pictures.</summary>
    protected virtual TimeSpan Pace => TimeSpan.FromSeconds(1);

    /// <summary>Works out what is shown. Default: nothing, it is shown as it comes.</summary>
    protected virtual void Refresh()
    {
    }

    protected override void OnParametersSet()
    {
        var state = State;
        _same = state.Equals(_shown) || (_shown is not null && Time.GetElapsedTime(_at) < Pace && !IsUrgent(_shown, state));
        if (!_same)
        {
            (_shown, _at) = (state, Time.GetTimestamp());
            Refresh();
        }
    }

    /// <summary>Shown at once in spite of the pace, such as another window.</summary>
    protected virtual bool IsUrgent(object shown, object state) => false;

    protected override bool ShouldRender()
    {
        var same = _same;
        _same = false;
        return !same;
    }
}

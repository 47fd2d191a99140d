using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>
/// A part of a page that is alive, drawn only when what it shows is another value than before, and not more often than its
/// pace. What a person does in it is drawn at once.
/// </summary>
public abstract class PacedComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private object? _shown;
    private long _at;
    private bool _same;
    private bool _waiting;

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

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void OnParametersSet()
    {
        var state = State;
        if (state.Equals(_shown))
        {
            _same = true;
        }
        else if (_shown is not null && Pace - Time.GetElapsedTime(_at) is var left && left > TimeSpan.Zero && !IsUrgent(_shown, state))
        {
            _same = true;
            _ = _waiting ? Task.CompletedTask : LaterAsync(left);
        }
        else
        {
            (_same, _shown, _at) = (false, state, Time.GetTimestamp());
            Refresh();
        }
    }

    /// <summary>Shown at once in spite of the pace, such as another window.</summary>
    protected virtual bool IsUrgent(object shown, object state) => false;

    /// <summary>Nobody may draw the page again for a while; what came too early is shown when its time has come.</summary>
    private async Task LaterAsync(TimeSpan left)
    {
        _waiting = true;
        try
        {
            await Task.Delay(left, Time, _gone.Token);
            await InvokeAsync(() =>
            {
                _waiting = false;
                OnParametersSet();
                StateHasChanged();
            });
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page was left.
        }
    }

    protected override bool ShouldRender()
    {
        var same = _same;
        _same = false;
        return !same;
    }
}

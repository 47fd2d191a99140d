using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// Shows what the admin publishes, in the beat of its circuit: versions in between are skipped, all components of the page
/// are drawn together, a fault goes to the page's error boundary, and it ends with the page.
/// </summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly List<Func<Task>> _leave = [];
    private object? _drawn;

    /// <summary>Taken once: its source does not outlive the page, what still runs for the page may.</summary>
    protected LiveComponent() => Gone = _gone.Token;

    [Inject]
    protected IAdmin Admin { get; set; } = default!;

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    /// <summary>What to show.</summary>
    protected ReadModel Model { get; private set; } = ReadModel.Empty;

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Gone { get; }

    /// <summary>Least time until the next value; the circuit has its own beat besides.</summary>
    protected virtual TimeSpan RenderPace => TimeSpan.Zero;

    /// <summary>Whether it stands still while the person has paused the page; the frame around it does not.</summary>
    protected virtual bool StandsStill => true;

    /// <summary>
    /// The part of the model that is shown; several parts are a tuple. A newer model in which it is equal is not drawn: arrays
    /// are equal when they are the same, records when their parts are. Null (the default): every model is drawn.
    /// </summary>
    protected virtual object? Slice => null;

    [Inject]
    private CircuitFeeds Feeds { get; set; } = default!;

    public virtual async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        foreach (var leave in _leave)
        {
            await leave();
        }

        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void OnInitialized()
    {
        Model = Join(
            Admin.Views,
            async model =>
            {
                Model = model;
                await OnModelAsync();
            },
            () => Slice);
        _drawn = Slice;
    }

    /// <summary>The value now; each newer one is taken and shown at the page's pace. For a page that shows more than the model.</summary>
    protected T Follow<T>(Feed<T> feed, Func<T, Task> take) => Join(feed, take, () => null);

    /// <summary>Reads what the model does not hold, before a render. Default: nothing.</summary>
    protected virtual Task OnModelAsync() => Task.CompletedTask;

    private T Join<T>(Feed<T> feed, Func<T, Task> take, Func<object?> slice)
    {
        var follower = Feeds.Of(feed);
        var reader = new Reader<T>(() => RenderPace, StandsStill, async value => await take(value), () => Draw(slice()), DispatchExceptionAsync);
        _leave.Add(() => follower.LeaveAsync(reader));
        return follower.Join(reader);
    }

    private void Draw(object? slice)
    {
        if (slice is null || !slice.Equals(_drawn))
        {
            _drawn = slice;
            StateHasChanged();
        }
    }
}

using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// Follows what the admin publishes, the only place that does: at most four renders a second, versions in between are
/// skipped, a fault goes to the page's error boundary, the loop ends with the page.
/// </summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _gone = new();
    private readonly List<Task> _following = [];

    [Inject]
    protected IAdmin Admin { get; set; } = default!;

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    /// <summary>What to show.</summary>
    protected ReadModel Model { get; private set; } = ReadModel.Empty;

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Gone => _gone.Token;

    public virtual async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await Task.WhenAll(_following);
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void OnInitialized()
    {
        Model = Follow(Admin.Views, async model =>
        {
            Model = model;
            await OnModelAsync();
        });
    }

    /// <summary>The value now; each newer one is taken and shown at the page's pace. For a page that shows more than the model.</summary>
    protected T Follow<T>(Feed<T> feed, Func<T, Task> take)
    {
        var current = feed.Current;
        _following.Add(FollowAsync(feed, current.Version, take));
        return current.Value;
    }

    /// <summary>Reads what the model does not hold, before a render. Default: nothing.</summary>
    protected virtual Task OnModelAsync() => Task.CompletedTask;

    private async Task FollowAsync<T>(Feed<T> feed, long version, Func<T, Task> take)
    {
        try
        {
            while (true)
            {
                var newest = await feed.NewerAsync(version, Gone);
                version = newest.Version;
                await InvokeAsync(async () =>
                {
                    await take(newest.Value);
                    StateHasChanged();
                });
                await Task.Delay(Pace, Time, Gone);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }
}

using BlazorPluginAdmin.Server.Core;
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
    private Task _following = Task.CompletedTask;

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
        await _following;
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void OnInitialized()
    {
        var current = Admin.Views.Current;
        Model = current.Value;
        _following = FollowAsync(current.Version);
    }

    /// <summary>Reads what the model does not hold, before a render. Default: nothing.</summary>
    protected virtual Task OnModelAsync() => Task.CompletedTask;

    private async Task FollowAsync(long version)
    {
        try
        {
            while (true)
            {
                var newest = await Admin.Views.NewerAsync(version, Gone);
                version = newest.Version;
                await InvokeAsync(async () =>
                {
                    Model = newest.Value;
                    await OnModelAsync();
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

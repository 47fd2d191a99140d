using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>Drawn by its circuit's clock: all that are due in a second, together.</summary>
public abstract class ClockedComponent : ComponentBase, IDisposable
{
    [Inject]
    protected CircuitClock Clock { get; set; } = default!;

    /// <summary>Whether this second changes what it shows.</summary>
    protected internal abstract bool IsDue { get; }

    public virtual void Dispose()
    {
        Clock.Leave(this);
        GC.SuppressFinalize(this);
    }

    internal void Draw()
    {
        OnTick();
        StateHasChanged();
    }

    /// <summary>For a page without a batch.</summary>
    internal void PostTick() => _ = InvokeAsync(() =>
    {
        if (IsDue)
        {
            Draw();
        }
    });

    protected override void OnInitialized() => Clock.Join(this);

    /// <summary>Works out what is shown now. Default: nothing.</summary>
    protected virtual void OnTick()
    {
    }
}

using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>Shows a text that grows old by itself: drawn again in the second in which it reads differently.</summary>
public abstract class TickingComponent : ComponentBase, IDisposable
{
    private string _drawn = "";

    [Inject]
    protected CircuitClock Clock { get; set; } = default!;

    /// <summary>What to show now.</summary>
    protected abstract string Text { get; }

    internal bool HasChanged => Text != _drawn;

    public virtual void Dispose()
    {
        Clock.Leave(this);
        GC.SuppressFinalize(this);
    }

    internal void Draw() => StateHasChanged();

    internal void PostTick() => _ = InvokeAsync(() =>
    {
        if (HasChanged)
        {
            Draw();
        }
    });

    protected override void OnInitialized() => Clock.Join(this);

    /// <summary>The text, noted as what is on the screen.</summary>
    protected string Drawn() => _drawn = Text;
}

namespace BlazorPluginAdmin.Components.Live;

/// <summary>Shows a text that grows old by itself: drawn again in the second in which it reads differently.</summary>
public abstract class TickingComponent : ClockedComponent
{
    private string _drawn = "";

    /// <summary>What to show now.</summary>
    protected abstract string Text { get; }

    protected internal override bool IsDue => Text != _drawn;

    /// <summary>The text, noted as what is on the screen.</summary>
    protected string Drawn() => _drawn = Text;
}

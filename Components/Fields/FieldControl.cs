using BlazorPluginAdmin.Components.Forms;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Fields;

/// <summary>What every field control shares: its slot, its names for assistive technology, and taking the focus.</summary>
public abstract class FieldControl : ComponentBase
{
    /// <summary>
    /// Longest text of a one-line box. A browser event carries the whole text of the box, and one above the circuit's message limit
    /// would cut the circuit; longer text belongs into a text area, which streams.
    /// </summary>
    public const int LineLength = 8_000;

    /// <summary>Longest text of an area whose lines are few and short, so that it need not stream; the reason is that of <see cref="LineLength"/>.</summary>
    public const int AreaLength = 16_000;

    internal const string ButtonClass = "button button-small field-button";

    internal const string BoxClass = "field-box";

    [Parameter, EditorRequired]
    public required FieldSlot Slot { get; set; }

    protected ElementReference Control { get; set; }

    /// <summary>Ids of help and errors, so that a screen reader says them with the control.</summary>
    protected string? DescribedBy
    {
        get
        {
            var ids = new List<string> { Slot.HelpId };
            if (Slot.Invalid)
                ids.Add(Slot.ErrorId);
            return string.Join(' ', ids);
        }
    }

    protected string? AriaInvalid => Slot.Invalid ? "true" : null;

    protected string? AriaRequired => Slot.Field.Required ? "true" : null;

    protected override void OnParametersSet() => Slot.Focus = () => Control.FocusAsync();
}

using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>Draws one form over its buffer. It knows no job type; the page around it saves, reviews and asks before leaving.</summary>
public sealed partial class ConfigForm
{
    /// <summary>Above this many fields a search box and an index of sections help.</summary>
    public const int SearchFrom = 20;

    private FormBuffer? _followed;
    private HashSet<string> _visible = [];
    private string _search = "";
    private string _announcement = "";

    [Parameter, EditorRequired]
    public required FormBuffer Buffer { get; set; }

    [Parameter]
    public string Title { get; set; } = "";

    /// <summary>Asked to show a value that is kept secret against its worker's word.</summary>
    [Parameter]
    public EventCallback<FieldSlot> OnReveal { get; set; }

    private string Name => Title.Length > 0 ? Title : Buffer.Form.Title.Length > 0 ? Buffer.Form.Title : "this form";

    public void Dispose() => Follow(null);

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_followed, Buffer))
            return;
        Follow(Buffer);
        _visible = VisibleNames();
    }

    private void Follow(FormBuffer? buffer)
    {
        if (_followed is not null)
            _followed.Changed -= Refresh;
        if (buffer is not null)
            buffer.Changed += Refresh;
        _followed = buffer;
    }

    /// <summary>Called by fields on the circuit's own thread.</summary>
    private void Refresh()
    {
        var visible = VisibleNames();
        var appeared = Buffer.Slots.Where(slot => visible.Contains(slot.Field.Name) && !_visible.Contains(slot.Field.Name)).Select(slot => slot.Field.Caption).ToList();
        _announcement = appeared.Count == 0 ? "" : $"Now also shown: {string.Join(", ", appeared)}";
        _visible = visible;
        StateHasChanged();
    }

    private void UseDefaults()
    {
        foreach (var slot in Buffer.Slots.Where(slot => slot is { ReadOnly: false, IsDefault: false, Field.IsSecret: false }))
            slot.UseDefault();
    }

    private string TextOf(string name, ConfigValue value) => Buffer.Form.IsOnceSecret(name) ? ConfigValueText.Secret(value) : ConfigValueText.Short(value);

    private HashSet<string> VisibleNames() =>
        Buffer.Slots.Where(slot => slot.IsVisible).Select(slot => slot.Field.Name).ToHashSet(StringComparer.Ordinal);

    private List<FieldSlot> Shown(SectionSchema section) => [.. Buffer.SlotsOf(section).Where(slot => slot.IsVisible && Matches(slot.Field))];

    private bool Matches(FieldSchema field) => _search.Length == 0
        || field.Caption.Contains(_search, StringComparison.OrdinalIgnoreCase)
        || field.Name.Contains(_search, StringComparison.OrdinalIgnoreCase)
        || field.HelpText.Contains(_search, StringComparison.OrdinalIgnoreCase)
        || field.Description.Contains(_search, StringComparison.OrdinalIgnoreCase);

    private async Task FocusAsync(FieldSlot slot)
    {
        // What the search hides could not take the focus.
        if (_search.Length > 0)
        {
            _search = "";
            StateHasChanged();
            await Task.Yield();
        }
        if (slot.Focus is { } focus)
            await focus();
    }

    private string IdOf(SectionSchema section) => $"{Buffer.IdOf("section")}.{Buffer.Sections.IndexOf(section)}";

    /// <summary>The whole address: a bare fragment would lead to the page's base instead.</summary>
    private string LinkTo(string id) => $"{Navigation.Uri.Split('#')[0]}#{id}";
}

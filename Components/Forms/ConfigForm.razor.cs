using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>Draws one form over its buffer. It knows no job type; the page around it saves, reviews and asks before leaving.</summary>
public sealed partial class ConfigForm(IJSRuntime runtime)
{
    /// <summary>Above this many fields a search box and an index of sections help.</summary>
    public const int SearchFrom = 20;

    private readonly ScriptModule _script = new(runtime, "Forms/ConfigForm");
    private readonly HashSet<string> _closed = [];

    private FormBuffer? _followed;
    private HashSet<string> _visible = [];

    /// <summary>The field whose change took other fields away, perhaps with the focus in one of them.</summary>
    private FieldSlot? _controller;
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

    public ValueTask DisposeAsync()
    {
        Follow(null);
        return _script.DisposeAsync();
    }

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
        {
            _followed.Changed -= Refresh;
            if (_followed.BringIntoSight == BringIntoSightAsync)
                _followed.BringIntoSight = null;
        }
        if (buffer is not null)
        {
            buffer.Changed += Refresh;
            buffer.BringIntoSight = BringIntoSightAsync;
        }
        _followed = buffer;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_controller is not { } controller)
            return;
        _controller = null;
        await _script.CallAsync("catchFocus", controller.Id);
    }

    /// <summary>Called by fields on the circuit's own thread.</summary>
    private void Refresh()
    {
        var visible = VisibleNames();
        var appeared = Buffer.Slots.Where(slot => visible.Contains(slot.Field.Name) && !_visible.Contains(slot.Field.Name)).Select(slot => slot.Field.Caption).ToList();
        _controller = Buffer.Slots.Where(slot => _visible.Contains(slot.Field.Name) && !visible.Contains(slot.Field.Name)).Select(slot => Buffer.Find(slot.Field.VisibleWhenField)).FirstOrDefault(slot => slot?.IsVisible == true);
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

    /// <summary>Brings a field into sight, so that it can take the focus.</summary>
    private async Task BringIntoSightAsync(FieldSlot slot)
    {
        var wasClosed = _closed.Remove(slot.Section.Id);
        if (_search.Length == 0 && !wasClosed)
            return;
        _search = "";
        StateHasChanged();
        // Until it is drawn.
        await Task.Yield();
    }

    private string Counts(SectionSchema section)
    {
        var slots = Buffer.SlotsOf(section).Where(slot => slot.IsVisible).ToList();
        var (dirty, errors) = (slots.Count(slot => slot.IsDirty), slots.Sum(slot => slot.Errors.Length));
        return (dirty, errors) switch
        {
            (0, 0) => "",
            (_, 0) => $" ({dirty} changed)",
            _ => $" ({Words.Count(errors, "error")})",
        };
    }

    private string IdOf(SectionSchema section) => $"{Buffer.IdOf("section")}.{Buffer.Sections.IndexOf(section)}";

    /// <summary>The whole address: a bare fragment would lead to the page's base instead.</summary>
    private string LinkTo(string id) => $"{Navigation.Uri.Split('#')[0]}#{id}";
}

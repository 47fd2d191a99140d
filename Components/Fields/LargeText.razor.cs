using System.Text;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Fields;

/// <summary>A text area for text of any size. It tells its text when it is left, never with every key.</summary>
public sealed partial class LargeText(IJSRuntime scripts)
{
    public const int MaxBytes = 1024 * 1024;

    private ElementReference _area;
    private IJSObjectReference? _module;
    private DotNetObjectReference<LargeText>? _self;

    [Parameter, EditorRequired]
    public required string Id { get; set; }

    [Parameter]
    public string Value { get; set; } = "";

    [Parameter]
    public EventCallback<string> ValueChanged { get; set; }

    /// <summary>Text that is too large stays in the box; this tells why it was not taken.</summary>
    [Parameter]
    public EventCallback<string> Refused { get; set; }

    /// <summary>Saving waits for text on its way to this buffer.</summary>
    [Parameter, EditorRequired]
    public required FormBuffer Buffer { get; set; }

    [Parameter]
    public bool Mono { get; set; }

    [Parameter]
    public string? Label { get; set; }

    [Parameter]
    public string? Placeholder { get; set; }

    [Parameter]
    public string? DescribedBy { get; set; }

    [Parameter]
    public bool Invalid { get; set; }

    [Parameter]
    public bool Required { get; set; }

    public ValueTask FocusAsync() => _area.FocusAsync();

    [JSInvokable]
    public Task ArriveAsync(IJSStreamReference text) => Buffer.ArriveAsync(ReadAsync(text));

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        _module = await scripts.InvokeAsync<IJSObjectReference>("import", "./_content/Components/Fields/LargeText.razor.js");
        await _module.InvokeVoidAsync("attach", _area, _self);
    }

    private async Task ReadAsync(IJSStreamReference arrival)
    {
        await using (arrival)
        {
            if (arrival.Length > MaxBytes)
            {
                await Refused.InvokeAsync($"{ConfigValueText.Size(arrival.Length)} of text, at most {ConfigValueText.Size(MaxBytes)} are taken");
                return;
            }
            await using var stream = await arrival.OpenReadStreamAsync(MaxBytes);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var text = await reader.ReadToEndAsync();
            // A browser's text area turns every line end into \n; text that came with \r\n gets them back.
            await ValueChanged.InvokeAsync(Value.Contains("\r\n", StringComparison.Ordinal) ? text.ReplaceLineEndings("\r\n") : text);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        if (_module is null)
            return;
        try
        {
            await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The circuit is gone, and the module with it.
        }
    }
}

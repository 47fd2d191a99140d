using System.Text;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Fields;

/// <summary>
/// A box whose text comes as a stream instead of inside an event: an event above the circuit's message limit would cut the circuit.
/// Such a box has no Blazor event of its own, because every one of them would carry the whole text along.
/// </summary>
public abstract class StreamedBox(IJSRuntime scripts) : ComponentBase, IAsyncDisposable
{
    public const int MaxBytes = 1024 * 1024;

    private readonly ScriptModule _script = new(scripts, "Fields/LargeText");
    private DotNetObjectReference<StreamedBox>? _self;

    [Parameter, EditorRequired]
    public required string Id { get; set; }

    /// <summary>Saving waits for text on its way to this buffer.</summary>
    [Parameter, EditorRequired]
    public required FormBuffer Buffer { get; set; }

    /// <summary>Text that is too large is not taken; this tells why.</summary>
    [Parameter]
    public EventCallback<string> Refused { get; set; }

    [Parameter]
    public string? Label { get; set; }

    [Parameter]
    public string? Placeholder { get; set; }

    [Parameter]
    public string? DescribedBy { get; set; }

    [Parameter]
    public bool Invalid { get; set; }

    protected ElementReference Box { get; set; }

    /// <summary>The script's function for this kind of box.</summary>
    protected abstract string Attach { get; }

    public ValueTask FocusAsync() => Box.FocusAsync();

    [JSInvokable]
    public Task ArriveAsync(IJSStreamReference text) => Buffer.ArriveAsync(ReadAsync(text));

    protected abstract Task TakeAsync(string text);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        await _script.CallAsync(Attach, Box, _self);
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
            await TakeAsync(await reader.ReadToEndAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _self?.Dispose();
        await _script.DisposeAsync();
    }
}

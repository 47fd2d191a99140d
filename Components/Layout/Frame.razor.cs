using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>What a circuit has once: where its components are drawn together, and word from the browser whether it is seen.</summary>
public sealed partial class Frame
{
    private IJSObjectReference? _module;
    private DotNetObjectReference<Frame>? _self;

    /// <summary>Called by the script.</summary>
    [JSInvokable]
    public void Seen(bool visible) => Attention.See(visible);

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("stop");
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and its modules with it.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _module = await Script.InvokeAsync<IJSObjectReference>("import", "./_content/Components/Layout/Frame.razor.js");
            await _module.InvokeVoidAsync("start", _self);
        }
    }
}

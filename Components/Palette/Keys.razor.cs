using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Palette;

/// <summary>Where the browser's keys arrive. The script presses what the page offers; palette and help open here.</summary>
public sealed partial class Keys
{
    private IJSObjectReference? _module;
    private DotNetObjectReference<Keys>? _self;
    private ImmutableArray<PageKey>? _palette;
    private ImmutableArray<PageKey>? _help;

    /// <summary>Called by the script, with what the page can do now.</summary>
    [JSInvokable]
    public void Palette(PageKey[] keys)
    {
        (_palette, _help) = ([.. keys], null);
        StateHasChanged();
    }

    /// <summary>Called by the script, with what the page can do now.</summary>
    [JSInvokable]
    public void Help(PageKey[] keys)
    {
        (_palette, _help) = (null, [.. keys]);
        StateHasChanged();
    }

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
            _module = await Script.InvokeAsync<IJSObjectReference>("import", "./_content/Components/Palette/Keys.razor.js");
            await _module.InvokeVoidAsync("start", _self);
        }
    }

    private void Close() => (_palette, _help) = (null, null);
}

using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>What a circuit has once: where its components are drawn together, and word from the browser: whether it is seen, what its clock says.</summary>
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
            Viewer.KeepAsync = async choices => await _module.InvokeVoidAsync("remember", [choices]);
            var asked = Time.GetUtcNow();
            var clock = await _module.InvokeAsync<BrowserClock>("start", _self);
            var answered = Time.GetUtcNow();
            Viewer.Learn(clock.Zone, TimeSpan.FromMinutes(clock.OffsetMinutes), DateTimeOffset.FromUnixTimeMilliseconds(clock.Now) - (asked + ((answered - asked) / 2)));
        }
    }

    /// <param name="Zone">IANA name.</param>
    /// <param name="OffsetMinutes">Ahead of UTC.</param>
    /// <param name="Now">Unix milliseconds.</param>
    private sealed record BrowserClock(string Zone, int OffsetMinutes, long Now);
}

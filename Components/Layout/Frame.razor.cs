using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>What a circuit has once: where its components are drawn together, and word from the browser: whether it is seen, what its clock says.</summary>
public sealed partial class Frame(IJSRuntime runtime)
{
    private readonly ScriptModule _script = new(runtime, "Layout/Frame", farewell: "stop");
    private DotNetObjectReference<Frame>? _self;

    /// <summary>Called by the script.</summary>
    [JSInvokable]
    public void Seen(bool visible) => Attention.See(visible);

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        await _script.DisposeAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            Viewer.KeepAsync = choices => _script.CallAsync("remember", [choices]);
            var asked = Time.GetUtcNow();
            if (await _script.CallAsync<BrowserClock>("start", _self) is not { } clock)
            {
                return;
            }

            var answered = Time.GetUtcNow();
            Viewer.Learn(clock.Zone, TimeSpan.FromMinutes(clock.OffsetMinutes), DateTimeOffset.FromUnixTimeMilliseconds(clock.Now) - (asked + ((answered - asked) / 2)));
        }
    }

    /// <param name="Zone">IANA name.</param>
    /// <param name="OffsetMinutes">Ahead of UTC.</param>
    /// <param name="Now">Unix milliseconds.</param>
    private sealed record BrowserClock(string Zone, int OffsetMinutes, long Now);
}

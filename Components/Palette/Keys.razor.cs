using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Palette;

/// <summary>Where the browser's keys arrive. The script presses what the page offers; palette and help open here.</summary>
public sealed partial class Keys(IJSRuntime runtime)
{
    private readonly ScriptModule _script = new(runtime, "Palette/Keys", farewell: "stop");
    private DotNetObjectReference<Keys>? _self;
    private ImmutableArray<PageKey>? _palette;
    private ImmutableArray<PageKey>? _help;
    private ImmutableArray<string> _rows = [];

    /// <summary>Called by the script, with what the page can do now.</summary>
    [JSInvokable]
    public void Palette(PageKey[] keys)
    {
        (_palette, _help) = ([.. keys], null);
        StateHasChanged();
    }

    /// <summary>Called by the script, with what the page and its rows can do now.</summary>
    [JSInvokable]
    public void Help(PageKey[] keys, string[] rows)
    {
        (_palette, _help, _rows) = (null, [.. keys], [.. rows]);
        StateHasChanged();
    }

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
            await _script.CallAsync("start", _self);
        }
    }

    private void Close() => (_palette, _help) = (null, null);

    private Task RunAsync(int action) => _script.CallAsync("run", action);
}
